import { HOUR_SECONDS } from '../../kernel/clock';

/** The longest access token any contract prints: claims and lumina both say an hour. */
const LONGEST_CONTRACT_ACCESS_SECONDS = HOUR_SECONDS;

/** Room for clocks that differ and for requests under way when something is put out of use. */
export const SLACK_SECONDS = 120;

/** How long an access token of any contract can live, in seconds. */
export function longestAccessSeconds(settings: { readonly accessTokenSeconds: number }): number {
  return Math.max(LONGEST_CONTRACT_ACCESS_SECONDS, settings.accessTokenSeconds);
}
