import { Agent, request } from 'node:http';
import { connect, type Socket } from 'node:net';

/** What came of one request: a status, or the error that its connection ended with. */
export interface Outcome {
  readonly status: number | null;
  readonly error: string | null;
}

/** One client that keeps its one connection, as browsers and other services do. */
export class KeepAliveClient {
  private readonly agent = new Agent({ keepAlive: true, maxSockets: 1 });

  constructor(private readonly port: number) {}

  post(path: string, body: unknown): Promise<Outcome> {
    const text = JSON.stringify(body);
    const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) };
    return new Promise((resolve) => {
      const fail = (error: Error): void => {
        resolve({ status: null, error: (error as NodeJS.ErrnoException).code ?? error.message });
      };
      const outgoing = request(
        { agent: this.agent, host: '127.0.0.1', port: this.port, method: 'POST', path, headers },
        (answer) => {
          answer.on('error', fail);
          answer.resume().once('end', () => {
            resolve({ status: answer.statusCode ?? null, error: null });
          });
        },
      );
      outgoing.on('error', fail);
      outgoing.end(text);
    });
  }

  close(): void {
    this.agent.destroy();
  }
}

/** A request whose body comes in two parts, with anything in between. */
export class SlowRequest {
  private answer = '';
  private readonly ended: Promise<void>;

  private constructor(
    private readonly socket: Socket,
    private readonly rest: string,
  ) {
    socket.on('data', (chunk) => (this.answer += chunk.toString()));
    this.ended = new Promise((resolve, reject) => {
      socket.once('end', resolve);
      socket.once('error', reject);
    });
  }

  /** Sends the head and half of the body. */
  static async begin(port: number, path: string, body: unknown): Promise<SlowRequest> {
    const text = JSON.stringify(body);
    const half = Math.floor(text.length / 2);
    const socket = connect(port, '127.0.0.1');
    const slow = new SlowRequest(socket, text.slice(half));
    const head = ['Host: localhost', 'Content-Type: application/json', `Content-Length: ${Buffer.byteLength(text)}`];
    await new Promise<void>((resolve) => {
      socket.write([`POST ${path} HTTP/1.1`, ...head, '', text.slice(0, half)].join('\r\n'), () => {
        resolve();
      });
    });
    return slow;
  }

  /** Sends the rest. Returns the whole answer once the server has closed the connection. */
  async finish(): Promise<string> {
    this.socket.write(this.rest);
    await this.ended;
    return this.answer;
  }
}
