/** A password as a client encrypted it. */
export interface SealedSecret {
  readonly keyId: number;
  /** Base64 (RFC 4648 §4). */
  readonly ciphertext: string;
}
