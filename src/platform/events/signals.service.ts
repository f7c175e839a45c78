import { Injectable, Logger, type OnModuleDestroy } from '@nestjs/common';
import type { Client } from 'pg';
import { DataSource } from 'typeorm';
import { statement, type Tx } from '../../database/database.service';
import { dedicatedClient } from './dedicated-client';

const FIRST_RETRY_MS = 250;
const LONGEST_RETRY_MS = 10_000;
const CHANNEL = /^[a-z_]{1,40}$/;

type Listener = () => void;

/**
 * Wakes listeners in every process when something was committed (PostgreSQL's NOTIFY). Only a wake-up: signals get lost
 * while the connection is down, so whoever listens must also look by himself now and then.
 */
@Injectable()
export class Signals implements OnModuleDestroy {
  private readonly logger = new Logger(Signals.name);
  private readonly listeners = new Map<string, Listener[]>();
  private client: Client | undefined;
  private retryTimer: NodeJS.Timeout | undefined;
  private pending = Promise.resolve();
  private retryMs = FIRST_RETRY_MS;
  private isClosed = false;

  constructor(private readonly dataSource: DataSource) {}

  /** Wakes the channel's listeners in all processes once `tx` is committed, and never if it is rolled back. */
  async publish(tx: Tx, channel: string): Promise<void> {
    await statement(tx, `SELECT pg_notify($1, '')`, [nameOf(channel)]);
  }

  /** Calls `listener` at each signal, and whenever the connection is made anew, as signals may have been missed. */
  subscribe(channel: string, listener: Listener): void {
    const others = this.listeners.get(nameOf(channel));
    if (others) others.push(listener);
    else this.listeners.set(channel, [listener]);
    if (!this.client && !this.retryTimer) this.connect();
    else if (!others) this.listen(channel);
  }

  async onModuleDestroy(): Promise<void> {
    this.isClosed = true;
    clearTimeout(this.retryTimer);
    const { client } = this;
    this.client = undefined;
    await client?.end();
  }

  private connect(): void {
    this.retryTimer = undefined;
    const client = dedicatedClient(this.dataSource);
    this.client = client;
    client.on('notification', ({ channel }) => {
      this.wake(channel);
    });
    client.on('error', (error) => {
      this.lose(client, error);
    });
    client.on('end', () => {
      this.lose(client);
    });
    this.pending = this.start(client).catch((error: unknown) => {
      this.lose(client, error);
    });
  }

  private async start(client: Client): Promise<void> {
    await client.connect();
    for (const channel of this.listeners.keys()) await client.query(`LISTEN ${channel}`);
    this.retryMs = FIRST_RETRY_MS;
    for (const channel of this.listeners.keys()) this.wake(channel);
  }

  private listen(channel: string): void {
    const { client } = this;
    if (!client) return; // the next connection listens to all channels
    // after what is under way: a connection takes one query at a time
    this.pending = this.pending
      .then(() => client.query(`LISTEN ${channel}`))
      .then(noResult, (error: unknown) => {
        this.lose(client, error);
      });
  }

  /** Once per connection; the later events of the same end find it gone. */
  private lose(client: Client, error?: unknown): void {
    if (this.client !== client || this.isClosed) return;
    this.logger.warn({ err: error }, 'the connection for signals was lost and is made anew');
    this.client = undefined;
    client.end().catch((cause: unknown) => {
      this.logger.debug({ err: cause }, 'the lost connection did not close cleanly');
    });
    this.retryTimer = setTimeout(() => {
      this.connect();
    }, this.retryMs).unref();
    this.retryMs = Math.min(this.retryMs * 2, LONGEST_RETRY_MS);
  }

  private wake(channel: string): void {
    for (const listener of this.listeners.get(channel) ?? []) {
      try {
        listener();
      } catch (error) {
        this.logger.error({ err: error }, `a listener of ${channel} failed`);
      }
    }
  }
}

function noResult(): void {
  // LISTEN answers nothing
}

/** Channel names are ours, but LISTEN takes no parameter, so they are held to letters. */
function nameOf(channel: string): string {
  if (!CHANNEL.test(channel)) throw new Error('A channel is named in small letters and underscores.');
  return channel;
}
