import type { SessionLifetimes } from '../../../src/core/auth/session-opener.service';
import { MINUTE_SECONDS } from '../../../src/kernel/clock';

/** The name this contract goes by in sessions, audit events and mails' tickets. Nothing under src has heard of it. */
export const TURNSTILE = 'turnstile';

/** No refresh token: whoever passes, passes again. */
export const TURNSTILE_LIFETIMES: SessionLifetimes = { accessSeconds: 20 * MINUTE_SECONDS, refreshSeconds: null };
