import { Injectable } from '@nestjs/common';
import { Settings } from '../../config/settings';
import { normalizePassword } from '../../kernel/canonical';
import { AppError } from '../../kernel/errors/app-error';
import { constantTimeEqual } from '../../platform/crypto/constant-time';
import { hmacSha256 } from '../../platform/crypto/digest';
import { bcryptSalt } from '../../platform/hashing/bcrypt-salt';
import type { HashGrade } from '../../platform/hashing/hash-grade';
import { HashPool } from '../../platform/hashing/hash-pool.service';
import { ServiceKeys } from '../../platform/keys/service-keys.service';
import { Decoys } from './decoys.service';
import { formatStoredHash, parseStoredHash, schemeOf, type PasswordHash, type StoredHash } from './stored-hash';

export type { PasswordHash } from './stored-hash';

export interface Verdict {
  readonly isRight: boolean;
  /** Right, and hashed at a lower cost than is asked for now. */
  readonly needsUpgrade: boolean;
}

const SALT_CHARACTERS = 29;
const PEPPER_ID_CHARACTERS = 8;

/** Hashes secrets that a person knows, and compares them: passwords, and verifiers derived from one on the client. */
@Injectable()
export class Passwords {
  constructor(
    private readonly settings: Settings,
    private readonly keys: ServiceKeys,
    private readonly pool: HashPool,
    private readonly decoys: Decoys,
  ) {}

  /**
   * Hashes all of a secret, however long, under the pepper.
   *
   * @throws AppError `busy`, `unavailable`
   */
  async hash(secret: string, grade: HashGrade): Promise<PasswordHash> {
    const cost = this.settings.bcryptCost;
    const bcrypt = await this.pool.run({ data: this.peppered(secret), salt: bcryptSalt(cost) }, grade);
    return { hash: formatStoredHash(this.pepperId(), bcrypt), scheme: schemeOf(cost) };
  }

  /**
   * Compares a secret with a stored hash, in constant time. Computes one hash in any case: with nothing stored, one of
   * the cost that `decoy`, the identifier in canonical form, stands for.
   *
   * @throws AppError `busy`, `unavailable`; `internal`, after the same work, when the stored text cannot be read
   */
  async verify(stored: string | null, secret: string, decoy: string, grade: HashGrade): Promise<Verdict> {
    const decoySalt = this.decoys.saltFor(decoy);
    const pepperId = this.pepperId();
    const known = stored === null ? null : parseStoredHash(stored);
    const salt = known?.bcrypt.slice(0, SALT_CHARACTERS) ?? decoySalt;
    const computed = await this.pool.run({ data: this.peppered(secret), salt }, grade);
    const isEqual = constantTimeEqual(Buffer.from(computed), Buffer.from(known?.bcrypt ?? decoySalt));
    if (stored === null) return { isRight: false, needsUpgrade: false };
    this.assertReadable(known, pepperId);
    return { isRight: isEqual, needsUpgrade: isEqual && known.cost < this.settings.bcryptCost };
  }

  private assertReadable(known: StoredHash | null, pepperId: string): asserts known is StoredHash {
    if (known === null) throw new AppError('internal', { cause: new Error('A stored hash cannot be read.') });
    if (known.pepperId !== pepperId) {
      throw new AppError('internal', { cause: new Error(`A stored hash asks for the pepper ${known.pepperId}.`) });
    }
  }

  /** bcrypt ends at 72 bytes and at a NUL; 44 characters of base64 carry all of a longer secret and hold no NUL. */
  private peppered(secret: string): string {
    return hmacSha256(this.keys.key('pepper'), normalizePassword(secret)).toString('base64');
  }

  private pepperId(): string {
    const digest = hmacSha256(this.keys.key('pepper'), 'latchkey pepper id').toString('hex');
    return digest.slice(0, PEPPER_ID_CHARACTERS);
  }
}
