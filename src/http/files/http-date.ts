/** RFC 9110 §5.6.7: the preferred form, and the two obsolete ones that must be read as well. */
const FORMS = [
  /^(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/,
  /^(Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day, \d{2}-[A-Z][a-z]{2}-\d{2} \d{2}:\d{2}:\d{2} GMT$/,
];
const ASCTIME = /^(Mon|Tue|Wed|Thu|Fri|Sat|Sun) [A-Z][a-z]{2} [ \d]\d \d{2}:\d{2}:\d{2} \d{4}$/;

/** The instant a field names, as milliseconds since 1970; null when it names none. */
export function parseHttpDate(field: string): number | null {
  const text = ASCTIME.test(field) ? `${field} GMT` : field;
  if (text === field && !FORMS.some((form) => form.test(field))) return null;
  const instant = Date.parse(text);
  return Number.isNaN(instant) ? null : instant;
}

/** As `Last-Modified` says it: to the second, the rest cut off. */
export function httpDate(instant: Date): string {
  return instant.toUTCString();
}
