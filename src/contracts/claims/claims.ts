import { DAY_SECONDS, HOUR_SECONDS } from '../../kernel/clock';
import type { SessionLifetimes } from '../../core/auth/session-opener.service';

/** The name this contract goes by in sessions, audit events and refresh tokens. */
export const CLAIMS = 'claims';

/** As printed, whatever the settings say. */
export const CLAIMS_LIFETIMES: SessionLifetimes = { accessSeconds: HOUR_SECONDS, refreshSeconds: 3 * DAY_SECONDS };
