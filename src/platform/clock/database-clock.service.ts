import { performance } from 'node:perf_hooks';
import { Injectable, Logger, type OnModuleDestroy } from '@nestjs/common';
import { Database, statement } from '../../database/database.service';
import { Clock } from '../../kernel/clock';

const MEASURE_EVERY_MS = 30_000;
const SAMPLES = 3;

interface Sample {
  readonly offsetMs: number;
  readonly roundTripMs: number;
}

/**
 * The database's time, which all processes share: this process's monotonic clock, corrected by a measured offset. Asking
 * costs no statement, and somebody setting this machine's clock changes nothing.
 */
@Injectable()
export class DatabaseClock extends Clock implements OnModuleDestroy {
  private readonly logger = new Logger(DatabaseClock.name);
  private offsetMs = 0;
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly database: Database) {
    super();
  }

  override now(): Date {
    return new Date(machineMs() + this.offsetMs);
  }

  /** Measures once, then every 30 seconds until the module is destroyed. */
  async start(): Promise<void> {
    await this.measure();
    this.timer ??= setInterval(() => void this.measureAgain(), MEASURE_EVERY_MS).unref();
  }

  /** Takes the sample with the shortest round trip: it is off by half of that at most. */
  async measure(): Promise<void> {
    const samples: Sample[] = [];
    for (let i = 0; i < SAMPLES; i += 1) samples.push(await this.sample());
    const best = samples.reduce((a, b) => (b.roundTripMs < a.roundTripMs ? b : a));
    this.offsetMs = best.offsetMs;
  }

  onModuleDestroy(): void {
    clearInterval(this.timer);
  }

  private async sample(): Promise<Sample> {
    const sentMs = machineMs();
    const { rows } = await statement<{ epochMs: number }>(
      this.database.reserved,
      `SELECT (extract(epoch FROM clock_timestamp()) * 1000)::float8 AS "epochMs"`,
    );
    const receivedMs = machineMs();
    const epochMs = rows[0]?.epochMs;
    if (epochMs === undefined) throw new Error('The database did not tell the time.');
    return { offsetMs: epochMs - (sentMs + receivedMs) / 2, roundTripMs: receivedMs - sentMs };
  }

  private async measureAgain(): Promise<void> {
    try {
      await this.measure();
    } catch (error) {
      // the last offset stays good: two quartz clocks part by milliseconds an hour
      this.logger.warn({ err: error }, 'the database clock could not be read');
    }
  }
}

function machineMs(): number {
  return performance.timeOrigin + performance.now();
}
