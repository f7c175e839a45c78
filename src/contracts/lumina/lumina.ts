/** The name this contract goes by in sessions and audit events. */
export const LUMINA = 'lumina';
