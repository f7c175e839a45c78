import { Injectable } from '@nestjs/common';
import { Database, type Tx } from '../../database/database.service';
import { AppError } from '../../kernel/errors/app-error';
import type { Caller, Principal } from '../../kernel/principal';
import { Revocations } from '../session/revocations.service';
import { AccountCredential, type ProvenSecret } from './account-credential.service';
import { LiveSession } from './live-session.service';
import { NewPassword } from './new-password.service';
import { PasswordReplacement } from './password-replacement.service';
import type { PasswordHash } from '../credential/passwords.service';

export interface ChangePasswordCommand {
  readonly principal: Principal;
  readonly oldPassword: string;
  readonly newPassword: string;
  /** The request's own spelling of the new password's field, for faults. */
  readonly field: string;
  readonly forgetDevices: boolean;
  readonly caller: Caller;
}

/** Changes a password by the old one, from a live session, which goes on; the account's other sessions end. */
@Injectable()
export class ChangePassword {
  constructor(
    private readonly database: Database,
    private readonly credential: AccountCredential,
    private readonly newPassword: NewPassword,
    private readonly replacement: PasswordReplacement,
    private readonly revocations: Revocations,
    private readonly liveSession: LiveSession,
  ) {}

  /** @throws AppError `invalid-credentials`, `validation`, `session-ended`, `too-many-requests`, `busy` */
  async execute(command: ChangePasswordCommand): Promise<void> {
    const { principal, caller } = command;
    const proven = await this.credential.prove({
      userId: principal.userId,
      secret: command.oldPassword,
      credential: 'password',
      caller,
      failure: 'password-change-failed',
    });
    const password = await this.newPassword.hash(command.newPassword, command.field, caller);
    const ended = await this.database.transaction((tx) => this.replace(tx, proven, password, command));
    this.revocations.note(ended);
  }

  private async replace(
    tx: Tx,
    proven: ProvenSecret,
    password: PasswordHash,
    { principal, forgetDevices, caller }: ChangePasswordCommand,
  ): Promise<string[]> {
    await this.liveSession.lock(tx, principal);
    const user = await this.credential.confirm(tx, proven);
    if (!user) throw new AppError('invalid-credentials');
    const keepSessionId = principal.sessionId;
    return this.replacement.replace(tx, { user, password, keepSessionId, forgetDevices, caller });
  }
}
