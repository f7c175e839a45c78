import { Injectable } from '@nestjs/common';
import { Database, type Tx } from '../../../database/database.service';
import { AppError } from '../../../kernel/errors/app-error';
import type { Caller, Principal } from '../../../kernel/principal';
import { Passwords, type PasswordHash } from '../../credential/passwords.service';
import type { VaultKeys } from '../../credential/vault-keyring.repository';
import { Revocations } from '../../session/revocations.service';
import { AccountCredential, type ProvenSecret } from '../account-credential.service';
import { LiveSession } from '../live-session.service';
import { VaultChange } from './vault-change.service';

export interface ReplaceVaultKeysCommand {
  readonly principal: Principal;
  readonly currentVerifier: string;
  readonly newVerifier: string;
  readonly keys: VaultKeys;
  readonly caller: Caller;
}

/** Changes the master password of a vault: verifier and keys together, by the present verifier, from a live session. */
@Injectable()
export class ReplaceVaultKeys {
  constructor(
    private readonly database: Database,
    private readonly credential: AccountCredential,
    private readonly passwords: Passwords,
    private readonly liveSession: LiveSession,
    private readonly change: VaultChange,
    private readonly revocations: Revocations,
  ) {}

  /** @throws AppError `invalid-credentials`, `locked`, `session-ended`, `too-many-requests`, `busy` */
  async execute(command: ReplaceVaultKeysCommand): Promise<void> {
    const { principal, caller } = command;
    const proven = await this.credential.prove({
      userId: principal.userId,
      secret: command.currentVerifier,
      credential: 'verifier',
      caller,
      failure: 'password-change-failed',
    });
    const verifier = await this.passwords.hash(command.newVerifier, { class: 'vouched', network: caller.network });
    const ended = await this.database.transaction((tx) => this.replace(tx, proven, verifier, command));
    this.revocations.note(ended);
  }

  private async replace(tx: Tx, proven: ProvenSecret, verifier: PasswordHash, command: ReplaceVaultKeysCommand) {
    await this.liveSession.lock(tx, command.principal);
    const user = await this.credential.confirm(tx, proven);
    if (!user) throw new AppError('invalid-credentials');
    const { keys, principal, caller } = command;
    return this.change.make(tx, { user, verifier, keys, keepSessionId: principal.sessionId, caller });
  }
}
