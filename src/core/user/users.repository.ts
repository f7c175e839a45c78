import { Injectable } from '@nestjs/common';
import { In } from 'typeorm';
import { savepoint, statement, type Tx } from '../../database/database.service';
import { isViolationOf } from '../../database/database-errors';
import { canonicalIdentifier } from '../../kernel/canonical';
import { AppError } from '../../kernel/errors/app-error';
import { UserEntity } from './user.entity';

export interface NewUser {
  readonly id: string;
  readonly email: string | null;
  readonly username: string | null;
  readonly emailVerifiedAt: Date | null;
  readonly now: Date;
}

/** Accounts by what names them, and the few statements that change one. */
@Injectable()
export class Users {
  findById(tx: Tx, id: string): Promise<UserEntity | null> {
    return tx.getRepository(UserEntity).findOneBy({ id });
  }

  findByIds(tx: Tx, ids: readonly string[]): Promise<UserEntity[]> {
    return tx.getRepository(UserEntity).findBy({ id: In([...ids]) });
  }

  /** @param canonical the address in canonical form */
  findByEmail(tx: Tx, canonical: string): Promise<UserEntity | null> {
    return tx.getRepository(UserEntity).findOneBy({ emailCanonical: canonical });
  }

  findByUsername(tx: Tx, canonical: string): Promise<UserEntity | null> {
    return tx.getRepository(UserEntity).findOneBy({ usernameCanonical: canonical });
  }

  /** As near to the same time as can be, whether or not there is such an account: always one row, never an entity. */
  findIdByEmail(tx: Tx, canonical: string): Promise<string | null> {
    return findId(tx, 'SELECT (SELECT id FROM users WHERE email_canonical = $1) AS id', canonical);
  }

  /** As `findIdByEmail`. */
  findIdByUsername(tx: Tx, canonical: string): Promise<string | null> {
    return findId(tx, 'SELECT (SELECT id FROM users WHERE username_canonical = $1) AS id', canonical);
  }

  /** Locks the row until the transaction ends, so that two changes of one account follow each other. */
  lockById(tx: Tx, id: string): Promise<UserEntity | null> {
    return tx.getRepository(UserEntity).findOne({ where: { id }, lock: { mode: 'for_no_key_update' } });
  }

  /**
   * The same by statement alone, for who must not learn by the time whether there is such an account: one row always, and
   * no entity. Null too for one that is disabled.
   */
  lockUsable(tx: Tx, id: string): Promise<string | null> {
    const sql = 'SELECT (SELECT id FROM users WHERE id = $1 AND disabled_at IS NULL FOR NO KEY UPDATE) AS id';
    return findId(tx, sql, id);
  }

  lockByEmail(tx: Tx, canonical: string): Promise<UserEntity | null> {
    return tx
      .getRepository(UserEntity)
      .findOne({ where: { emailCanonical: canonical }, lock: { mode: 'for_no_key_update' } });
  }

  /**
   * Inserts an account; a name that is taken undoes only this statement.
   *
   * @throws AppError `email-taken`, `username-taken`
   */
  async create(tx: Tx, user: NewUser): Promise<UserEntity> {
    await translateTaken(() =>
      savepoint(tx, () =>
        statement(
          tx,
          `INSERT INTO users (id, email, email_canonical, username, username_canonical, email_verified_at, created_at, updated_at)
           VALUES ($1, $2, $3, $4, $5, $6, $7, $7)`,
          [
            user.id,
            user.email,
            canonicalOrNull(user.email),
            user.username,
            canonicalOrNull(user.username),
            user.emailVerifiedAt,
            user.now,
          ],
        ),
      ),
    );
    return tx.getRepository(UserEntity).findOneByOrFail({ id: user.id });
  }

  /** @throws AppError `username-taken` */
  async setUsername(tx: Tx, userId: string, username: string | null, now: Date): Promise<void> {
    await translateTaken(() =>
      savepoint(tx, () =>
        statement(tx, `UPDATE users SET username = $2, username_canonical = $3, updated_at = $4 WHERE id = $1`, [
          userId,
          username,
          canonicalOrNull(username),
          now,
        ]),
      ),
    );
  }

  async markEmailVerified(tx: Tx, userId: string, now: Date): Promise<void> {
    await statement(tx, `UPDATE users SET email_verified_at = $2, updated_at = $2 WHERE id = $1`, [userId, now]);
  }

  /** Another address, proved now. */
  async setEmail(tx: Tx, userId: string, email: string, now: Date): Promise<void> {
    await translateTaken(() =>
      savepoint(tx, () =>
        statement(
          tx,
          `UPDATE users SET email = $2, email_canonical = $3, email_verified_at = $4, updated_at = $4 WHERE id = $1`,
          [userId, email, canonicalIdentifier(email), now],
        ),
      ),
    );
  }

  /** Takes its address from an account, which is known by its username then. @throws AppError `username-taken` */
  async withdrawEmail(tx: Tx, userId: string, username: string, now: Date): Promise<void> {
    await translateTaken(() =>
      savepoint(tx, () =>
        statement(
          tx,
          `UPDATE users SET email = NULL, email_canonical = NULL, email_verified_at = NULL,
             username = $2, username_canonical = $3, updated_at = $4 WHERE id = $1`,
          [userId, username, canonicalIdentifier(username), now],
        ),
      ),
    );
  }

  /** Sets what is given, leaves what is undefined. */
  async setProfile(
    tx: Tx,
    userId: string,
    { displayName, locale }: { readonly displayName?: string | null; readonly locale?: string | null },
    now: Date,
  ): Promise<void> {
    await statement(
      tx,
      `UPDATE users SET display_name = CASE WHEN $2 THEN $3 ELSE display_name END,
         locale = CASE WHEN $4 THEN $5 ELSE locale END, updated_at = $6 WHERE id = $1`,
      [userId, displayName !== undefined, displayName ?? null, locale !== undefined, locale ?? null, now],
    );
  }

  async setProfileData(tx: Tx, userId: string, profile: Readonly<Record<string, unknown>>): Promise<void> {
    await statement(tx, `UPDATE users SET profile = $2 WHERE id = $1`, [userId, JSON.stringify(profile)]);
  }

  /** Empties what a former holder of an unproved account may have written about himself. */
  async clearProfile(tx: Tx, userId: string, now: Date): Promise<void> {
    await statement(
      tx,
      `UPDATE users SET display_name = NULL, locale = NULL, profile = '{}', roles = '{}', updated_at = $2 WHERE id = $1`,
      [userId, now],
    );
  }

  /** Gives a role, or takes it. Returns whether that changed anything. */
  async setRole(tx: Tx, userId: string, role: string, isGiven: boolean): Promise<boolean> {
    const { affected } = await statement(
      tx,
      `UPDATE users SET roles = CASE WHEN $3 THEN array_append(array_remove(roles, $2), $2) ELSE array_remove(roles, $2) END
       WHERE id = $1 AND (($2 = ANY (roles)) <> $3)`,
      [userId, role, isGiven],
    );
    return affected === 1;
  }

  /** Takes a role from everybody but the accounts that have proved one of these addresses. */
  async removeRole(tx: Tx, role: string, exceptAddresses: readonly string[]): Promise<void> {
    await statement(
      tx,
      `UPDATE users SET roles = array_remove(roles, $1) WHERE roles <> '{}' AND $1 = ANY (roles)
         AND (email_canonical IS NULL OR email_verified_at IS NULL OR email_canonical <> ALL ($2::text[]))`,
      [role, exceptAddresses],
    );
  }

  async noteSignIn(tx: Tx, userId: string, now: Date): Promise<void> {
    await statement(tx, `UPDATE users SET last_signed_in_at = $2 WHERE id = $1`, [userId, now]);
  }

  /** Deletes the account; what belongs to it goes with it by foreign key. */
  async delete(tx: Tx, userId: string): Promise<void> {
    await statement(tx, `DELETE FROM users WHERE id = $1`, [userId]);
  }

  /** Accounts whose address was never proved and that never signed in. Returns how many went. */
  async deleteUnproved(tx: Tx, createdBefore: Date): Promise<number> {
    const { affected } = await statement(
      tx,
      `DELETE FROM users WHERE email_verified_at IS NULL AND last_signed_in_at IS NULL
         AND email_canonical IS NOT NULL AND created_at < $1`,
      [createdBefore],
    );
    return affected;
  }
}

function canonicalOrNull(text: string | null): string | null {
  return text === null ? null : canonicalIdentifier(text);
}

async function translateTaken<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (isViolationOf(error, 'uq_users__email')) throw new AppError('email-taken', { cause: error });
    if (isViolationOf(error, 'uq_users__username')) throw new AppError('username-taken', { cause: error });
    throw error;
  }
}

async function findId(tx: Tx, sql: string, canonical: string): Promise<string | null> {
  const { rows } = await statement<{ id: string | null }>(tx, sql, [canonical]);
  return rows[0]?.id ?? null;
}
