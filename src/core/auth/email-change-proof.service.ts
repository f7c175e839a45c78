import { Injectable } from '@nestjs/common';
import type { Tx } from '../../database/database.service';
import { AppError } from '../../kernel/errors/app-error';
import type { Caller } from '../../kernel/principal';
import type { Ticket } from '../ticket/tickets.service';
import type { UserEntity } from '../user/user.entity';
import { AccountCredential } from './account-credential.service';
import { LiveSession } from './live-session.service';

/** What a change of address needs besides its ticket. */
@Injectable()
export class EmailChangeProof {
  constructor(
    private readonly credential: AccountCredential,
    private readonly liveSession: LiveSession,
  ) {}

  /** @throws AppError `invalid-credentials`, `invalid-ticket`, `too-many-requests`, `busy` */
  async demandPassword({ userId }: Ticket, password: string, caller: Caller): Promise<void> {
    if (userId === null) throw invalidTicket();
    const failure = 'address-change-failed';
    await this.credential.prove({ userId, secret: password, credential: 'password', caller, failure });
  }

  /**
   * The account, locked, if the session that asked is still there: whoever signed out everywhere has taken its wishes back.
   *
   * @throws AppError `invalid-ticket`
   */
  async lock(tx: Tx, userId: string, sessionId: string): Promise<UserEntity> {
    return this.liveSession.lock(tx, { userId, sessionId }).catch((error: unknown) => {
      throw error instanceof AppError ? invalidTicket(error) : error;
    });
  }
}

function invalidTicket(cause?: AppError): AppError {
  return new AppError('invalid-ticket', { cause });
}
