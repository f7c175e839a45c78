import { once } from 'node:events';
import { connect, createServer, type NetConnectOpts, type Server, type Socket } from 'node:net';
import { join } from 'node:path';

/** The cable between a process and PostgreSQL, which a test can pull: loopback TCP in front, the real server behind. */
export class TcpProxy {
  private readonly pairs = new Set<readonly [Socket, Socket]>();
  private server: Server | null = null;
  private port = 0;
  private isSilent = false;

  private constructor(private readonly target: URL) {}

  /** @param url of the database, reached by Unix socket or by TCP */
  static async to(url: string): Promise<TcpProxy> {
    const proxy = new TcpProxy(new URL(url));
    await proxy.listen();
    return proxy;
  }

  /** The same database, through the proxy. */
  get url(): string {
    const through = new URL(this.target.href);
    through.host = `127.0.0.1:${this.port}`;
    return through.href;
  }

  /** As when the server dies: open connections break, new ones are refused. */
  async cut(): Promise<void> {
    const { server } = this;
    if (!server) return;
    this.server = null;
    const closed = once(server, 'close');
    server.close();
    for (const pair of this.pairs) for (const socket of pair) socket.destroy();
    await closed;
  }

  /** As when packets are lost: nothing breaks, nothing is answered. */
  silence(): void {
    this.isSilent = true;
    for (const pair of this.pairs) for (const socket of pair) socket.pause();
  }

  /** After `cut` or `silence`: connections work, and what was held back goes on. */
  async mend(): Promise<void> {
    this.isSilent = false;
    for (const [near, far] of this.pairs) {
      near.resume();
      far.resume();
    }
    if (!this.server) await this.listen();
  }

  private async listen(): Promise<void> {
    const server = createServer((near) => {
      this.join(near);
    });
    server.listen(this.port, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('no port');
    this.port = address.port;
    this.server = server;
  }

  private join(near: Socket): void {
    const far = connect(targetOf(this.target));
    const pair = [near, far] as const;
    this.pairs.add(pair);
    relay(near, far);
    relay(far, near);
    for (const socket of pair) {
      // told by 'close', too
      socket.on('error', () => undefined);
      socket.once('close', () => {
        this.pairs.delete(pair);
        for (const other of pair) other.destroy();
      });
      if (this.isSilent) socket.pause();
    }
  }
}

/** By hand, because `pipe` starts to flow again by itself. */
function relay(from: Socket, to: Socket): void {
  from.on('data', (chunk) => to.write(chunk));
  from.once('end', () => to.end());
}

function targetOf({ hostname, port }: URL): NetConnectOpts {
  const host = decodeURIComponent(hostname);
  const number = port === '' ? 5432 : Number(port);
  return host.startsWith('/') ? { path: join(host, `.s.PGSQL.${number}`) } : { host, port: number };
}
