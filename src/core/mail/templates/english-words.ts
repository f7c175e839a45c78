import { details, type MailBlock } from './mail-content';
import { describeUserAgent } from './user-agent';

/** Of a link, or of a code. */
export const ONCE = 'It can be used once';

const INSTANT = new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeStyle: 'short', timeZone: 'UTC' });

/** An instant as mails print it. */
export function instant(iso: string): string {
  return `${INSTANT.format(new Date(iso))} UTC`;
}

interface Occasion {
  readonly whenIso: string;
  readonly network: string;
  readonly userAgent?: string | null;
}

/** When it happened and from where. */
export function occasion({ whenIso, network, userAgent }: Occasion): MailBlock {
  const device = userAgent === undefined ? '' : describeUserAgent(userAgent ?? '');
  return details(['When', instant(whenIso)], ['Device', device], ['Network', network]);
}
