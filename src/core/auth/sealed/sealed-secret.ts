/** A password as a client encrypted it. */
export interface SealedSecret {
  readonly keyId: number;
  /** Base64 (RFC 4648 §4). */
  readonly ciphertext: string;
}

/** What the faults of a password name. Of one that came encrypted nobody is told which. */
export const UNTOLD_FIELD = 'password';
