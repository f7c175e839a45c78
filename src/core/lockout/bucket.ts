import type { BeyondRow } from './lockout.policy';

/** What is guessed. Each has buckets of its own: who knows one of them must not be able to close the other. */
export type Factor = 'secret' | 'second-factor' | 'mailed-code' | 'recovery';

/**
 * By what the caller is known to the account; `stranger`: by nothing. `session`: by the token of a live session without
 * that of its device, so that who has stolen a session cannot close its owner's device.
 */
export type Standing = 'device' | 'session' | 'network' | 'stranger';

/** Where an attempt is counted. */
export interface Bucket {
  /** A keyed digest: the table names no identifier that nobody has. */
  readonly digest: Buffer;
  readonly factor: Factor;
  readonly standing: Standing;
  readonly beyond: BeyondRow;
  /** The account, where there is one: for those who list and lift locks, never for the decision. */
  readonly userId: string | null;
  /** The id of the device or session, or the network, by which the caller is known; null for strangers. */
  readonly knownBy: string | null;
}
