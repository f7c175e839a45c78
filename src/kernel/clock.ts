/**
 * The time, as a port: several processes must agree on it, and tests set it. Production's clock is the database's
 * time; statements and tokens take the time from here as a parameter and never ask the machine.
 */
export abstract class Clock {
  abstract now(): Date;

  /** Whole seconds since 1970, rounded down: a JWT's NumericDate (RFC 7519 §2). */
  epochSeconds(): number {
    return epochSecondsOf(this.now());
  }
}

export const MINUTE_SECONDS = 60;
export const HOUR_SECONDS = 3600;
export const DAY_SECONDS = 86_400;

export function addSeconds(instant: Date, seconds: number): Date {
  return new Date(instant.getTime() + seconds * 1000);
}

/** As JWTs count (RFC 7519 §2, NumericDate). */
export function epochSecondsOf(instant: Date): number {
  return Math.floor(instant.getTime() / 1000);
}
