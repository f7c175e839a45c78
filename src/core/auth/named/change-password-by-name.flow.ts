import { Injectable } from '@nestjs/common';
import type { PasswordHash } from '../../credential/passwords.service';
import { Revocations } from '../../session/revocations.service';
import { NewPassword } from '../new-password.service';
import { ChangeByPassword } from './change-by-password.service';
import { ChangeByTemporaryPassword } from './change-by-temporary-password.service';
import { NamedProof, type NamedClaim, type ShownProof } from './named-proof.service';

export interface ChangePasswordByNameCommand extends NamedClaim {
  readonly newPassword: string;
  /** The request's own spelling of the new password's field, for faults. */
  readonly field: string;
  /** A code of the second factor, where the caller sends it along. */
  readonly code: string | null;
}

export interface NamedChange {
  /** Where a temporary password was used: this browser is a known device now. */
  readonly deviceToken: string | null;
}

/** Changes a password of a named account, without a session too. A name that nobody has costs and answers the same. */
@Injectable()
export class ChangePasswordByName {
  constructor(
    private readonly proof: NamedProof,
    private readonly newPassword: NewPassword,
    private readonly byPassword: ChangeByPassword,
    private readonly byTemporaryPassword: ChangeByTemporaryPassword,
    private readonly revocations: Revocations,
  ) {}

  /**
   * @throws AppError `forbidden`, `invalid-credentials`, `validation`, `session-ended`, `invalid-code`, `locked`,
   * `too-many-requests`, `busy`
   */
  async execute(command: ChangePasswordByNameCommand): Promise<NamedChange> {
    const shown = await this.proof.demand(command);
    const { newPassword, field, caller, username } = command;
    const password = await this.newPassword.hash(newPassword, field, caller, { username });
    const { endedSessionIds, deviceToken } = await this.change(shown, password, command);
    this.revocations.note(endedSessionIds);
    return { deviceToken };
  }

  private async change(shown: ShownProof, password: PasswordHash, command: ChangePasswordByNameCommand) {
    const { principal, code, caller } = command;
    if (shown.kind === 'temporary') return this.byTemporaryPassword.make({ ...shown, password, principal, caller });
    const { proven } = shown;
    const endedSessionIds = await this.byPassword.make({ proven, password, code, principal, caller });
    return { endedSessionIds, deviceToken: null };
  }
}
