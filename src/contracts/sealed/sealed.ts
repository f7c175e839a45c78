/** What this contract is called wherever one is named: in sessions, in refresh tokens, in the audit trail. */
export const SEALED = 'sealed';
