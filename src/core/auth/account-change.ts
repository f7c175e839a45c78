/** What was changed about how somebody gets into an account. Also the kind of its mail. */
export const ACCOUNT_CHANGES = [
  'password-changed',
  'address-changed',
  'factor-enabled',
  'factor-disabled',
  'recovery-codes-replaced',
] as const;

export type AccountChange = (typeof ACCOUNT_CHANGES)[number];
