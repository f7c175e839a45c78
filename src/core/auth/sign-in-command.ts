import type { Caller } from '../../kernel/principal';
import type { CredentialKind } from '../credential/credential.entity';
import type { LoginName } from './credential-check.service';
import type { SessionLifetimes, SignedIn } from './session-opener.service';

export interface SignInCommand {
  readonly name: LoginName;
  readonly secret: string;
  readonly credential: CredentialKind;
  /** A code of the second factor, where the caller sends it along; of no account without one is it looked at. */
  readonly code: string | null;
  readonly lifetimes: SessionLifetimes;
  /** What the contract wants to know again, should the second factor come in a request of its own. */
  readonly remembered: Readonly<Record<string, boolean>>;
  /**
   * For contracts whose registrations are accounts at once: who knows the password of one that waits for its mailbox, as
   * `REQUIRE_VERIFIED_EMAIL` has it, is told so.
   */
  readonly isAwaitedProofTold?: boolean;
  /** Called once the secret was right and only the second factor is left: whatever is thrown then says so. */
  readonly onHalfway?: () => void;
  readonly caller: Caller;
}

/** Either signed in, or half way: the ticket asks for the second factor. */
export type SignInOutcome = SignedIn | { readonly mfaTicket: string };
