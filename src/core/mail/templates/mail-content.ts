/** What a template says, before it becomes text and HTML. Plain text throughout: layouts do the escaping. */
export interface MailContent {
  readonly subject: string;
  readonly blocks: readonly MailBlock[];
}

export type MailBlock =
  | { readonly kind: 'paragraph'; readonly text: string }
  /** The one thing to open. */
  | { readonly kind: 'link'; readonly label: string; readonly url: string }
  /** Digits to type: in large, on a line of their own. */
  | { readonly kind: 'code'; readonly code: string }
  /** Details, a line each. */
  | { readonly kind: 'details'; readonly lines: readonly (readonly [label: string, value: string])[] };

export function paragraph(text: string): MailBlock {
  return { kind: 'paragraph', text };
}

export function link(label: string, url: string): MailBlock {
  return { kind: 'link', label, url };
}

export function details(...lines: readonly (readonly [label: string, value: string])[]): MailBlock {
  return { kind: 'details', lines: lines.filter(([, value]) => value !== '') };
}
