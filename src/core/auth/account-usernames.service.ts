import { Injectable } from '@nestjs/common';
import type { Tx } from '../../database/database.service';
import { canonicalIdentifier } from '../../kernel/canonical';
import { Clock } from '../../kernel/clock';
import { AppError } from '../../kernel/errors/app-error';
import { Enrolments, type UsernameClaim } from '../ticket/enrolments.repository';
import type { UserEntity } from '../user/user.entity';
import { Users } from '../user/users.repository';
import { NamedLocks } from './named-locks.service';
import { lockUsername } from './username-lock';

/**
 * The one place where an account gets a username. Whoever proves first gets it: an enrolment that has proved its mailbox
 * keeps it for a while, until its last step, though no account has it yet.
 */
@Injectable()
export class AccountUsernames {
  constructor(
    private readonly clock: Clock,
    private readonly users: Users,
    private readonly enrolments: Enrolments,
    private readonly locks: NamedLocks,
  ) {}

  /**
   * To be called before an account is made with the username: until the transaction ends nobody else gets it, or proves an
   * enrolment for it. That no account has it already, its unique column says.
   *
   * @throws AppError `username-taken` when it is kept for another
   */
  async demand(tx: Tx, username: string, claim: UsernameClaim): Promise<void> {
    await lockUsername(tx, username);
    if (await this.enrolments.isUsernameKept(tx, username, claim)) throw new AppError('username-taken');
  }

  /** Gives an account another username; null takes it. @throws AppError `username-taken` */
  async set(tx: Tx, userId: string, username: string | null, claim: UsernameClaim): Promise<void> {
    if (username !== null) await this.demand(tx, username, claim);
    await this.write(tx, userId, username);
  }

  /**
   * The same at the wish of the account itself, which may always write its own name otherwise.
   *
   * @throws AppError `username-taken`
   */
  async rename(tx: Tx, { id, usernameCanonical }: UserEntity, username: string): Promise<void> {
    if (canonicalIdentifier(username) === usernameCanonical) await this.write(tx, id, username);
    else await this.set(tx, id, username, { provedAddress: null });
  }

  private async write(tx: Tx, userId: string, username: string | null): Promise<void> {
    await this.users.setUsername(tx, userId, username, this.clock.now());
    await this.locks.settle(tx, userId);
  }
}
