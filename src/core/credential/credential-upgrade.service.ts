import { Injectable, Logger } from '@nestjs/common';
import type { Tx } from '../../database/database.service';
import { Clock } from '../../kernel/clock';
import { AppError } from '../../kernel/errors/app-error';
import type { HashGrade } from '../../platform/hashing/hash-grade';
import type { CredentialKind } from './credential.entity';
import { Credentials } from './credential.repository';
import { Passwords } from './passwords.service';

/** Replaces a stored hash by a better one while its secret is at hand. */
@Injectable()
export class CredentialUpgrade {
  private readonly log = new Logger(CredentialUpgrade.name);

  constructor(
    private readonly clock: Clock,
    private readonly passwords: Passwords,
    private readonly credentials: Credentials,
  ) {}

  /** Only while the credential's version is still `version`: a rehash never writes an old secret back. */
  async upgrade(
    tx: Tx,
    userId: string,
    kind: CredentialKind,
    version: number,
    secret: string,
    grade: HashGrade,
  ): Promise<void> {
    try {
      const better = await this.passwords.hash(secret, grade);
      await this.credentials.upgrade(tx, userId, kind, version, better, this.clock.now());
    } catch (error) {
      // a full queue puts the upgrade off to the next sign-in; it must not spoil this one
      if (!(error instanceof AppError) || error.code !== 'busy') throw error;
      this.log.debug('hash upgrade put off: the queue is full');
    }
  }
}
