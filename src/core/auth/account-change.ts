/** What was changed about how somebody gets into an account. Also the kind of its mail. */
export const ACCOUNT_CHANGES = [
  /** By who knew it. */
  'password-changed',
  /** By a mailed link: it takes the mailbox and nothing else. */
  'password-set-by-link',
  /** By a temporary password, for which a code of the second factor was shown. */
  'password-recovered',
  /** Verifier and keys of a vault, by who knew the former verifier. */
  'master-password-changed',
  'address-changed',
  'factor-enabled',
  'factor-disabled',
  'recovery-codes-replaced',
  /** Of an undo itself. Its link undoes nothing: it shows what a vault's keys were before. */
  'change-undone',
] as const;

export type AccountChange = (typeof ACCOUNT_CHANGES)[number];
