import { DAY_SECONDS, HOUR_SECONDS, MINUTE_SECONDS } from '../../kernel/clock';

/** Life of an activation or verification link, from when its mail is handed over. */
export const ACTIVATION_SECONDS = 24 * HOUR_SECONDS;
export const RESET_SECONDS = 30 * MINUTE_SECONDS;

/** Life of a temporary password, from when it is handed over. */
export const TEMPORARY_PASSWORD_SECONDS = 15 * MINUTE_SECONDS;

export const EMAIL_CHANGE_SECONDS = HOUR_SECONDS;
export const MFA_TICKET_SECONDS = 10 * MINUTE_SECONDS;

/** Life of a mailed six-digit code, and of an enrolment's link that comes with it. */
export const CODE_SECONDS = 10 * MINUTE_SECONDS;

/**
 * How long a request for such a code waits for its mail. As long as tickets are kept that were spent or are void: what is
 * gone earlier would tell a stranger what the owner of the address has done.
 */
export const RESET_CODE_WAIT_SECONDS = DAY_SECONDS;

/** How long a change of password, address or factor can be undone. */
export const UNDO_SECONDS = 7 * DAY_SECONDS;

/** How long mail is retried: so long a ticket may wait for its secret. */
export const MAIL_WAIT_SECONDS = 3 * DAY_SECONDS;

/** How old a proof of identity may be for a sensitive act. */
export const RECENT_PROOF_SECONDS = 15 * MINUTE_SECONDS;

/** Unproved accounts that never signed in are deleted after this. */
export const UNPROVED_ACCOUNT_SECONDS = 7 * DAY_SECONDS;
