import { Injectable } from '@nestjs/common';
import { Settings } from '../../config/settings';
import { HOUR_SECONDS } from '../../kernel/clock';
import { hmacSha256 } from '../../platform/crypto/digest';
import { ServiceKeys } from '../../platform/keys/service-keys.service';
import type { Bucket, Factor, Standing } from './bucket';
import type { BucketRules } from './lockout.policy';

/** One code is all that this way asks for, so it is narrow whatever the settings say. */
const RECOVERY_RULES: BucketRules = {
  attempts: 5,
  windowSeconds: HOUR_SECONDS,
  durationSeconds: HOUR_SECONDS,
  beyond: 'pause',
};

/** Names the buckets: by whom attempts are counted, and under which rules. */
@Injectable()
export class Buckets {
  constructor(
    private readonly keys: ServiceKeys,
    private readonly settings: Settings,
  ) {}

  /**
   * Everybody who is known by nothing, at one name. An address is held after 100 failures; a username is not, whoever has
   * it: some have no mail to come back by, and which ones must not show.
   *
   * @param identifier in canonical form
   */
  strangersAt(identifier: string, userId: string | null): Bucket {
    return {
      digest: this.digest('secret', 'stranger', identifier),
      factor: 'secret',
      standing: 'stranger',
      beyond: identifier.includes('@') ? 'hold' : 'slow',
      userId,
      knownBy: null,
    };
  }

  /** Everybody who has not passed the account's second factor before. */
  strangersToFactorOf(userId: string): Bucket {
    return {
      digest: this.digest('second-factor', 'stranger', userId),
      factor: 'second-factor',
      standing: 'stranger',
      beyond: 'slow',
      userId,
      knownBy: null,
    };
  }

  /** Everybody, at the six-digit codes mailed to an address. Not told to its owner: the mail's link is not closed. */
  mailedCodesTo(address: string): Bucket {
    return {
      digest: this.digest('mailed-code', 'stranger', address),
      factor: 'mailed-code',
      standing: 'stranger',
      beyond: 'slow',
      userId: null,
      knownBy: null,
    };
  }

  /**
   * Everybody who has not passed the account's second factor before, at the way back in by that factor alone. By name, so
   * that one which nobody has counts alike.
   *
   * @param identifier in canonical form
   */
  strangersToRecoveryOf(identifier: string, userId: string | null): Bucket {
    return {
      digest: this.digest('recovery', 'stranger', identifier),
      factor: 'recovery',
      standing: 'stranger',
      beyond: 'pause',
      userId,
      knownBy: null,
    };
  }

  known(factor: Factor, standing: Exclude<Standing, 'stranger'>, userId: string, knownBy: string): Bucket {
    const digest = this.digest(factor, standing, `${userId}/${knownBy}`);
    // recovery never makes a stranger of who is known: that would be felt at sign-in
    const beyond = factor === 'recovery' ? 'pause' : 'void';
    return { digest, factor, standing, beyond, userId, knownBy };
  }

  rulesOf({ beyond }: Pick<Bucket, 'beyond'>): BucketRules {
    if (beyond === 'pause') return RECOVERY_RULES;
    const { lockoutAttempts, lockoutWindowSeconds, lockoutSeconds } = this.settings;
    return { attempts: lockoutAttempts, windowSeconds: lockoutWindowSeconds, durationSeconds: lockoutSeconds, beyond };
  }

  private digest(factor: Factor, standing: string, name: string): Buffer {
    return hmacSha256(this.keys.key('bucket'), `${factor}\n${standing}\n${name}`);
  }
}
