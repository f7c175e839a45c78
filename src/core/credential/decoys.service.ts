import { Injectable, Logger, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { Settings } from '../../config/settings';
import { Database, statement } from '../../database/database.service';
import { hmacSha256 } from '../../platform/crypto/digest';
import { bcryptSalt } from '../../platform/hashing/bcrypt-salt';
import { ServiceKeys } from '../../platform/keys/service-keys.service';
import { decoyCost, type CostCount } from './decoy-shares';
import { costOf } from './stored-hash';

const REFRESH_EVERY_MS = 600_000;

/** What a password is hashed against where there is nothing to compare with. */
@Injectable()
export class Decoys implements OnModuleInit, OnModuleDestroy {
  private readonly logger = new Logger(Decoys.name);
  private counts: readonly CostCount[] = [];
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly settings: Settings,
    private readonly database: Database,
    private readonly keys: ServiceKeys,
  ) {}

  /** By a timer and not on demand: no request may run a statement more than its twin for an unknown name. */
  async onModuleInit(): Promise<void> {
    await this.refresh();
    this.timer = setInterval(() => void this.refreshAgain(), REFRESH_EVERY_MS).unref();
  }

  onModuleDestroy(): void {
    clearInterval(this.timer);
  }

  /** Counts the stored hashes by scheme anew. */
  async refresh(): Promise<void> {
    const { rows } = await statement<{ scheme: string; count: number }>(
      this.database.pool,
      'SELECT scheme, count(*)::integer AS count FROM credentials GROUP BY scheme ORDER BY scheme',
    );
    this.counts = rows.flatMap(({ scheme, count }) => {
      const cost = costOf(scheme);
      return cost === null ? [] : [{ cost, count }];
    });
  }

  /** A salt whose cost follows the identifier, in the proportions of the stored hashes. */
  saltFor(identifier: string): string {
    const digest = hmacSha256(this.keys.key('prelogin'), `decoy cost\0${identifier}`);
    return bcryptSalt(decoyCost(digest, this.counts, this.settings.bcryptCost));
  }

  private async refreshAgain(): Promise<void> {
    try {
      await this.refresh();
    } catch (error) {
      this.logger.warn({ err: error }, 'the proportions of stored hashes could not be read; the former ones stay');
    }
  }
}
