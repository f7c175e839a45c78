/** The name this contract goes by in sessions, audit events and refresh tokens. */
export const VAULT = 'vault';
