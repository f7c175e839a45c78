import { Logger } from '@nestjs/common';
import { Redis } from 'ioredis';
import type { Clock } from '../../kernel/clock';
import { errorForLog } from '../../platform/logging/error-for-log';
import { NetworkBudgets, secondsUntil, type BudgetCharge } from './network-budgets.port';

const PREFIX = 'latchkey:budget:';
/** A budget must never be what a request waits for. */
const TIMEOUT_MS = 500;
const LONGEST_PAUSE_MS = 2000;
/** After a failure Redis is left alone for so long, so that an outage costs one request the timeout and not every one. */
const RESPITE_MS = 1000;

// One step in Redis: no other command runs in between. Times are ours (a parameter); the expiry is only for tidiness.
const CHARGE = `
local used, resets = unpack(redis.call('HMGET', KEYS[1], 'used', 'resets'))
local now, window, limit, cost = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
used, resets = tonumber(used or 0), tonumber(resets or 0)
if resets <= now then used, resets = 0, now + window end
if used + cost > limit then return { 0, used, resets } end
redis.call('HSET', KEYS[1], 'used', used + cost, 'resets', string.format('%.0f', resets))
redis.call('PEXPIRE', KEYS[1], window)
return { 1, used + cost, resets }`;

const GIVE_BACK = `
local used, resets = unpack(redis.call('HMGET', KEYS[1], 'used', 'resets'))
if used and resets == ARGV[1] then
  redis.call('HSET', KEYS[1], 'used', math.max(0, tonumber(used) - tonumber(ARGV[2])))
end
return 0`;

/** Budgets in Redis. While it does not answer, the `fallback` counts instead: an outage must not lift the limits. */
export class RedisNetworkBudgets extends NetworkBudgets {
  private readonly logger = new Logger(RedisNetworkBudgets.name);
  private readonly redis: Redis;
  private isDown = false;
  /** By the machine's monotonic clock: it is our own patience that is measured. */
  private leftAloneUntil = 0;

  constructor(
    url: string,
    private readonly clock: Clock,
    private readonly fallback: NetworkBudgets,
  ) {
    super();
    this.redis = new Redis(url, {
      connectTimeout: TIMEOUT_MS,
      commandTimeout: TIMEOUT_MS,
      maxRetriesPerRequest: 0,
      retryStrategy: (attempt) => Math.min(attempt * 100, LONGEST_PAUSE_MS),
    });
    // without a listener ioredis would print to the console by itself
    this.redis.on('error', (error) => {
      this.noteFailure(error);
    });
    this.redis.on('ready', () => {
      this.noteSuccess();
    });
  }

  override charge(key: string, windowSeconds: number, limit: number, cost = 1): Promise<BudgetCharge> {
    return this.orElse(
      async () => {
        const now = this.clock.now();
        const reply = await this.redis.eval(CHARGE, 1, PREFIX + key, now.getTime(), windowSeconds * 1000, limit, cost);
        const [isWithin, used, resets] = reply as [number, number, number];
        const resetsAt = new Date(resets);
        return { isWithin: isWithin === 1, used, resetsAt, resetSeconds: secondsUntil(resetsAt, now) };
      },
      () => this.fallback.charge(key, windowSeconds, limit, cost),
    );
  }

  override async giveBack(key: string, resetsAt: Date, cost = 1): Promise<void> {
    await this.orElse(
      () => this.redis.eval(GIVE_BACK, 1, PREFIX + key, resetsAt.getTime(), cost),
      () => this.fallback.giveBack(key, resetsAt, cost),
    );
  }

  override peek(key: string): Promise<{ used: number; resetSeconds: number }> {
    return this.orElse(
      async () => {
        const now = this.clock.now();
        const [used, resets] = await this.redis.hmget(PREFIX + key, 'used', 'resets');
        const resetsAt = new Date(Number(resets ?? 0));
        if (resetsAt <= now) return { used: 0, resetSeconds: 0 };
        return { used: Number(used ?? 0), resetSeconds: secondsUntil(resetsAt, now) };
      },
      () => this.fallback.peek(key),
    );
  }

  override async check(): Promise<void> {
    await this.redis.ping();
    this.noteSuccess();
  }

  close(): void {
    this.redis.disconnect();
  }

  private async orElse<T>(work: () => Promise<T>, instead: () => Promise<T>): Promise<T> {
    if (performance.now() < this.leftAloneUntil) return instead();
    try {
      const result = await work();
      this.noteSuccess();
      return result;
    } catch (error) {
      this.noteFailure(error);
      return instead();
    }
  }

  private noteSuccess(): void {
    this.isDown = false;
    this.leftAloneUntil = 0;
  }

  /** One line an outage, not one a request. */
  private noteFailure(error: unknown): void {
    this.leftAloneUntil = performance.now() + RESPITE_MS;
    if (this.isDown) return;
    this.isDown = true;
    this.logger.warn({ failure: errorForLog(error) }, 'Redis does not answer: network budgets are kept in PostgreSQL');
  }
}
