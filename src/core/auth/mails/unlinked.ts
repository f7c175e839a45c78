/** A username may look like a link, which a mail program would make one. */
export function unlinked(name: string): string {
  return name.replace(/[./:]/g, '·');
}
