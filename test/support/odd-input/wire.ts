import type { AddressInfo } from 'node:net';
import { exchange, firstAnswer, type ExchangeOptions } from '../raw-exchange';
import type { TestApp } from '../test-app';
import { refusalIn, type Shape } from './refusals';

export interface WireRequest {
  readonly method?: string;
  readonly target: string;
  /** As lines; `Host` and `Connection: close` are there already. */
  readonly headers?: readonly string[];
  readonly body?: string;
}

/** The service on a port, asked with bytes that no client would make. */
export class Wire {
  private constructor(readonly port: number) {}

  static async to({ app }: Pick<TestApp, 'app'>): Promise<Wire> {
    await app.listen(0, '127.0.0.1');
    return new Wire((app.getHttpServer().address() as AddressInfo).port);
  }

  /** The status of the answer, after looking at everything that it must keep to; 0 for none at all. */
  async statusOf(request: WireRequest, shape: Shape, options: ExchangeOptions = {}): Promise<number> {
    return this.statusOfBytes(bytesOf(request), shape, options);
  }

  async statusOfBytes(bytes: string, shape: Shape, options: ExchangeOptions = {}): Promise<number> {
    const text = await exchange(this.port, bytes, options);
    const answer = firstAnswer(text);
    if (!answer) {
      if (text !== '') throw new Error(`no HTTP: ${text.slice(0, 300)}`);
      return 0;
    }
    try {
      // an answer to HEAD has no body to look at
      if (!bytes.startsWith('HEAD ') || answer.statusCode >= 500) refusalIn(answer, shape);
    } catch (error) {
      throw new Error(`${JSON.stringify(bytes.slice(0, 600))} was answered ${text.slice(0, 700)}`, { cause: error });
    }
    return answer.statusCode;
  }
}

function bytesOf({ method = 'GET', target, headers = [], body }: WireRequest): string {
  const hasLength = headers.some((line) => /^(content-length|transfer-encoding):/i.test(line));
  const length =
    body === undefined || hasLength ? [] : [`Content-Length: ${String(Buffer.byteLength(body, 'latin1'))}`];
  const lines = [`${method} ${target} HTTP/1.1`, 'Host: localhost', 'Connection: close', ...headers, ...length];
  return [...lines, '', body ?? ''].join('\r\n');
}
