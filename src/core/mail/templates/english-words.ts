const INSTANT = new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeStyle: 'short', timeZone: 'UTC' });

/** An instant as mails print it. */
export function instant(iso: string): string {
  return `${INSTANT.format(new Date(iso))} UTC`;
}
