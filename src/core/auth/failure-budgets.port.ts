import type { Caller } from '../../kernel/principal';

/** One attempt to prove something, charged to the caller's network before the proof is looked at. */
export interface ChargedAttempt {
  /** The network has failed so often that its work comes last. */
  readonly isSuspect: boolean;
  /** Takes the charge back: the proof was right, or was never computed. */
  giveBack(): Promise<void>;
}

/** What a network may get wrong over all accounts. A port, because networks are counted on the HTTP floor. */
export abstract class FailureBudgets {
  /**
   * Charges one attempt to the caller's network, known devices aside (`isVouched`).
   *
   * @throws AppError `too-many-requests` when the network is past its budget
   */
  abstract charge(caller: Caller, isVouched: boolean): Promise<ChargedAttempt>;
}
