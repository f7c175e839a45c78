import { Injectable } from '@nestjs/common';
import { Database, lockName, type Tx } from '../../../database/database.service';
import { AppError, isRefusal } from '../../../kernel/errors/app-error';
import type { Caller } from '../../../kernel/principal';
import { Passwords, type PasswordHash } from '../../credential/passwords.service';
import type { VaultKeys } from '../../credential/vault-keyring.repository';
import { Revocations } from '../../session/revocations.service';
import { Enrolments, type Enrolment } from '../../ticket/enrolments.repository';
import type { SessionLifetimes, SignedIn } from '../session-opener.service';
import { EnrolledAccounts } from './enrolled-accounts.service';
import { EnrolmentTokens, type NamedEnrolment } from './enrolment-tokens.service';

export interface CompleteEnrolmentCommand {
  readonly enrolmentToken: string | null;
  readonly verifier: string;
  readonly keys: VaultKeys;
  readonly lifetimes: SessionLifetimes;
  readonly caller: Caller;
}

/** The last step of an enrolment whose mailbox is proved: makes the account and signs it in. */
@Injectable()
export class CompleteEnrolment {
  constructor(
    private readonly database: Database,
    private readonly tokens: EnrolmentTokens,
    private readonly enrolments: Enrolments,
    private readonly passwords: Passwords,
    private readonly accounts: EnrolledAccounts,
    private readonly revocations: Revocations,
  ) {}

  /** @throws AppError `invalid-token`, `not-activated` before the mailbox is proved, `username-taken`, `busy` */
  async execute(command: CompleteEnrolmentCommand): Promise<SignedIn> {
    const named = this.tokens.demand(command.enrolmentToken);
    // looked at before the hash is computed, too: strangers must not make the service work for nothing
    await this.database.transaction(async (tx) => {
      demandProved(await this.enrolments.hold(tx, named.enrolmentId));
    });
    const grade = { class: 'vouched', network: command.caller.network } as const;
    const verifier = await this.passwords.hash(command.verifier, grade);
    const outcome = await this.database
      .transaction((tx) => this.complete(tx, named, verifier, command))
      .catch((error: unknown) => this.giveUp(named, error));
    const { signedIn, endedSessionIds } = outcome;
    this.revocations.note(endedSessionIds);
    return signedIn;
  }

  /** Without its username an enrolment leads nowhere: it makes room for another of the same address. */
  private async giveUp({ enrolmentId }: NamedEnrolment, error: unknown): Promise<never> {
    if (isRefusal(error, 'username-taken')) await this.enrolments.void(this.database.pool, enrolmentId);
    throw error;
  }

  private async complete(tx: Tx, named: NamedEnrolment, verifier: PasswordHash, command: CompleteEnrolmentCommand) {
    await lockName(tx, 'address', named.address);
    const enrolment = demandProved(await this.enrolments.hold(tx, named.enrolmentId));
    return this.accounts.open(tx, { ...command, enrolment, verifier });
  }
}

/** One that is void, unknown or not proved yet answers alike. */
function demandProved(enrolment: Enrolment | null): Enrolment {
  if (!enrolment?.provedAt || enrolment.isVoid) throw new AppError('not-activated');
  return enrolment;
}
