import { once } from 'node:events';
import type { AddressInfo, Socket } from 'node:net';
import { simpleParser, type ParsedMail } from 'mailparser';
import { SMTPServer, type SMTPServerDataStream, type SMTPServerSession } from 'smtp-server';

/** A mail as the server got it. */
export interface Mail {
  readonly from: string;
  /** Of the envelope, not of the header. */
  readonly to: readonly string[];
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  /** With its angle brackets. */
  readonly messageId: string;
  /** Every link of the text that has a line of its own. */
  readonly links: readonly string[];
  readonly parsed: ParsedMail;
  readonly raw: string;
}

export interface Refusal {
  readonly code: number;
  readonly text: string;
}

/** What the server does otherwise than any good server. Each may take its time. */
export interface SmtpBehaviour {
  onRecipient?: (address: string) => Refusal | null | Promise<Refusal | null>;
  /** `cut`: the mail is taken, and the connection dies before the client is told. */
  onMail?: (mail: Mail) => 'take' | 'cut' | Refusal | Promise<'take' | 'cut' | Refusal>;
}

export interface SmtpServerOptions {
  /** Offers STARTTLS, with a certificate that nobody has signed. */
  readonly hasStartTls?: boolean;
  readonly hasSmtpUtf8?: boolean;
}

export interface TestSmtpServer {
  /** Good as SMTP_URL. */
  readonly url: string;
  /** What was taken, oldest first. */
  readonly mails: readonly Mail[];
  /** The first mail, already there or still to come, that the predicate holds for. */
  waitFor(predicate: (mail: Mail) => boolean, timeoutMs?: number): Promise<Mail>;
  behave(behaviour: SmtpBehaviour): void;
  /** `refuse`: nobody listens, open connections die. `451`: every mail is put off. */
  pause(how?: 'refuse' | '451'): Promise<void>;
  resume(): Promise<void>;
  stop(): Promise<void>;
}

/** A real SMTP server on a free loopback port. */
export async function startSmtpServer(options: SmtpServerOptions = {}): Promise<TestSmtpServer> {
  const server = new RecordingSmtpServer(options);
  await server.listen();
  return server;
}

class RecordingSmtpServer implements TestSmtpServer {
  readonly mails: Mail[] = [];
  private readonly watchers = new Set<() => void>();
  private readonly sockets = new Set<Socket>();
  private behaviour: SmtpBehaviour = {};
  private puttingOff = false;
  private server: SMTPServer | null = null;
  private port = 0;

  constructor(private readonly options: SmtpServerOptions) {}

  get url(): string {
    return `smtp://127.0.0.1:${String(this.port)}`;
  }

  async listen(): Promise<void> {
    const { hasStartTls = false, hasSmtpUtf8 = true } = this.options;
    const server = new SMTPServer({
      authOptional: true,
      disabledCommands: hasStartTls ? ['AUTH'] : ['AUTH', 'STARTTLS'],
      hideSMTPUTF8: !hasSmtpUtf8,
      disableReverseLookup: true,
      // the certificate's warning is no news to a test
      logger: false,
      onMailFrom: (_address, _session, done) => {
        done(this.puttingOff ? refusalError({ code: 451, text: '4.3.2 Not now' }) : null);
      },
      onRcptTo: ({ address }, _session, done) => {
        settle(this.recipient(address), done);
      },
      onData: (stream, session, done) => {
        settle(this.take(stream, session), done);
      },
    });
    // a connection that dies is what some tests are about
    server.on('error', () => undefined);
    server.server.on('connection', (socket) => {
      this.sockets.add(socket);
      socket.on('close', () => this.sockets.delete(socket));
    });
    const listening = server.listen(this.port, '127.0.0.1');
    await once(listening, 'listening');
    this.port = (listening.address() as AddressInfo).port;
    this.server = server;
  }

  behave(behaviour: SmtpBehaviour): void {
    this.behaviour = behaviour;
  }

  async waitFor(predicate: (mail: Mail) => boolean, timeoutMs = 15_000): Promise<Mail> {
    return new Promise((resolve, reject) => {
      const look = (): void => {
        const found = this.mails.find(predicate);
        if (found === undefined) return;
        stop();
        resolve(found);
      };
      const timer = setTimeout(() => {
        stop();
        const subjects = this.mails.map(({ to, subject }) => `${to.join()}: ${subject}`).join('; ');
        reject(new Error(`no such mail within ${String(timeoutMs)} ms; there are: ${subjects || 'none'}`));
      }, timeoutMs);
      const stop = (): void => {
        clearTimeout(timer);
        this.watchers.delete(look);
      };
      this.watchers.add(look);
      look();
    });
  }

  async pause(how: 'refuse' | '451' = 'refuse'): Promise<void> {
    if (how === '451') this.puttingOff = true;
    else await this.stop();
  }

  async resume(): Promise<void> {
    this.puttingOff = false;
    if (this.server === null) await this.listen();
  }

  async stop(): Promise<void> {
    const { server } = this;
    if (server === null) return;
    this.server = null;
    const closed = new Promise<void>((resolve) => {
      server.close(resolve);
    });
    for (const socket of this.sockets) socket.destroy();
    await closed;
  }

  private async recipient(address: string): Promise<void> {
    const refusal = await this.behaviour.onRecipient?.(address);
    if (refusal) throw refusalError(refusal);
  }

  private async take(stream: SMTPServerDataStream, session: SMTPServerSession): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of stream) chunks.push(chunk as Buffer);
    const mail = await received(Buffer.concat(chunks), session);
    const verdict = (await this.behaviour.onMail?.(mail)) ?? 'take';
    if (typeof verdict === 'object') throw refusalError(verdict);
    this.mails.push(mail);
    if (verdict === 'cut') this.cut(session);
    for (const watcher of this.watchers) watcher();
  }

  private cut({ remotePort }: SMTPServerSession): void {
    for (const socket of this.sockets) if (socket.remotePort === remotePort) socket.destroy();
  }
}

async function received(raw: Buffer, session: SMTPServerSession): Promise<Mail> {
  const parsed = await simpleParser(raw);
  const { mailFrom, rcptTo } = session.envelope;
  const text = parsed.text ?? '';
  return {
    from: mailFrom ? mailFrom.address : '',
    to: rcptTo.map(({ address }) => address),
    subject: parsed.subject ?? '',
    text,
    html: parsed.html || '',
    messageId: parsed.messageId ?? '',
    links: text.split('\n').filter((line) => /^https?:\/\/\S+$/.test(line)),
    parsed,
    raw: raw.toString('utf8'),
  };
}

function refusalError({ code, text }: Refusal): Error {
  return Object.assign(new Error(text), { responseCode: code });
}

function settle(work: Promise<void>, done: (error?: Error | null) => void): void {
  work.then(
    () => {
      done();
    },
    (error: unknown) => {
      done(error instanceof Error ? error : new Error(String(error)));
    },
  );
}
