import speakeasy from 'speakeasy';
import { constantTimeEqual } from '../../platform/crypto/constant-time';

/** RFC 6238 §4.1: the step that authenticator apps assume. */
export const STEP_SECONDS = 30;
/** RFC 6238 §5.2: one step either side, for clocks that differ and codes typed slowly. */
const DRIFT_STEPS = 1;

const CODE = /^\d{6}$/;

/** A code as it is meant: apps and printed lists show codes in groups, and people type what they see. */
export function ungrouped(code: string): string {
  return code.replace(/[\s-]/g, '');
}

/** Whether a text looks like a TOTP code and not like a recovery code. */
export function isTotpCode(text: string): boolean {
  return CODE.test(text);
}

export function stepAt(instant: Date): number {
  return Math.floor(instant.getTime() / 1000 / STEP_SECONDS);
}

/** The code of one time step (RFC 6238, SHA-1, 6 digits). */
export function totpCodeAt(secret: Buffer, step: number): string {
  return speakeasy.hotp({ secret: secret.toString('base64'), encoding: 'base64', counter: step, digits: 6 });
}

/**
 * The time step that a code belongs to, around `now`; null when it is no code of those. All are computed and compared in
 * constant time, whichever matches.
 */
export function matchingStep(secret: Buffer, code: string, now: Date): number | null {
  const current = stepAt(now);
  let match: number | null = null;
  for (let step = current - DRIFT_STEPS; step <= current + DRIFT_STEPS; step += 1) {
    const isEqual = constantTimeEqual(Buffer.from(totpCodeAt(secret, step)), Buffer.from(code));
    if (isEqual && step >= 0) match = step;
  }
  return match;
}
