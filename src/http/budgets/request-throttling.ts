import type { ThrottlerModuleOptions } from '@nestjs/throttler';
import type { Settings } from '../../config/settings';

const MINUTE_MILLISECONDS = 60_000;

/** The throttler's own headers are off: they would tell the same in another dialect. */
export function requestThrottling(settings: Settings): ThrottlerModuleOptions {
  return {
    throttlers: [{ name: 'default', limit: settings.throttleLimit, ttl: MINUTE_MILLISECONDS }],
    setHeaders: false,
  };
}
