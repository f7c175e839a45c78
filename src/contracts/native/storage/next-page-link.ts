/** `Link` (RFC 8288) to the same page further on: what was asked with, a share token for one, goes along. */
export function nextPageLink(target: string, query: ReadonlyMap<string, string>, after: string): string {
  const [path = '/'] = target.replace(/^[a-z][a-z0-9+.-]*:\/\/[^/?#]*/i, '').split(/[?#]/, 1);
  const next = new URLSearchParams([...new Map(query).set('after', after)]);
  // as it came it may hold what ends a reference in a field
  return `<${encodeURI(path).replaceAll('%25', '%')}?${next.toString()}>; rel="next"`;
}
