import { Client, type ClientConfig } from 'pg';

/** So much longer than the server lets a statement run: an answer that is not here by then does not come. */
const PATIENCE_MS = 2_000;
const LONGEST_STATEMENT_MS = 15_000;
const GOODBYE_MS = 2_000;

/**
 * A connection that is closed when an answer fails to come: the server's own timeouts reach nobody when packets are lost,
 * and TCP alone goes on hoping for a quarter of an hour. Whoever waits is told that the connection was terminated, and
 * the pool hands it out no more. Not for migrations, which may take their time.
 */
export class ImpatientClient extends Client {
  private readonly silenceMs: number;

  constructor(config?: string | ClientConfig) {
    super(config);
    this.silenceMs = statementTimeoutOf(config) + PATIENCE_MS;
    const query = this.query.bind(this) as (...args: unknown[]) => unknown;
    const end = this.end.bind(this) as (...args: unknown[]) => unknown;
    // assigned, not overridden: an override would have to repeat all call signatures
    this.query = ((...args: unknown[]) => {
      const answer = query(...args);
      if (answer instanceof Promise) this.limit(answer);
      return answer;
    }) as typeof this.query;
    this.end = ((...args: unknown[]) => {
      this.closeAfter(GOODBYE_MS);
      return end(...args);
    }) as typeof this.end;
  }

  private limit(answer: Promise<unknown>): void {
    const timer = this.closeAfter(this.silenceMs);
    const stop = () => {
      clearTimeout(timer);
    };
    answer.then(stop, stop);
  }

  private closeAfter(milliseconds: number): NodeJS.Timeout {
    return setTimeout(() => this.connection.stream.destroy(), milliseconds).unref();
  }
}

function statementTimeoutOf(config: string | ClientConfig | undefined): number {
  const timeout = typeof config === 'object' ? config.statement_timeout : undefined;
  // `false` or 0: the server sets none
  return timeout === undefined || timeout === false || timeout === 0 ? LONGEST_STATEMENT_MS : timeout;
}
