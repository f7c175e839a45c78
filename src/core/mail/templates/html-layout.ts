import type { MailBlock, MailContent } from './mail-content';

const FONT = "font-family:system-ui,-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif";
const BUTTON =
  'display:inline-block;padding:12px 20px;border-radius:6px;background:#1f4fd8;color:#ffffff;' +
  'text-decoration:none;font-weight:600';

const CODE = 'margin:0 0 16px;font-size:28px;font-weight:600;letter-spacing:0.2em';

/** The mail as HTML: no image, no script, no font or style from anywhere, nothing that tells that it was opened. */
export function htmlLayout(content: MailContent, footer: string, languageTag: string): string {
  return [
    '<!doctype html>',
    `<html lang="${escaped(languageTag)}">`,
    '<head>',
    '<meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width">',
    '<meta name="color-scheme" content="light dark">',
    `<title>${escaped(content.subject)}</title>`,
    '</head>',
    `<body style="margin:0;padding:24px;${FONT};font-size:16px;line-height:1.5">`,
    '<div style="max-width:560px;margin:0 auto">',
    `<h1 style="margin:0 0 24px;font-size:20px;line-height:1.3">${escaped(content.subject)}</h1>`,
    ...content.blocks.map(htmlOf),
    '<hr style="margin:32px 0 16px;border:0;border-top:1px solid #c8ccd4">',
    `<p style="margin:0;font-size:13px;opacity:0.75">${escaped(footer)}</p>`,
    '</div>',
    '</body>',
    '</html>',
    '',
  ].join('\n');
}

function htmlOf(block: MailBlock): string {
  switch (block.kind) {
    case 'paragraph':
      return `<p style="margin:0 0 16px">${escaped(block.text)}</p>`;
    case 'link':
      return linkOf(block.label, block.url);
    case 'code':
      return `<p style="${CODE}">${escaped(block.code)}</p>`;
    case 'details':
      return `<p style="margin:0 0 16px">${block.lines.map(detail).join('<br>\n')}</p>`;
  }
}

/** The address is shown too: some clients take buttons away, and a careful reader looks where a link leads. */
function linkOf(label: string, url: string): string {
  const href = escaped(webUrl(url));
  return [
    `<p style="margin:24px 0"><a href="${href}" rel="noreferrer" style="${BUTTON}">${escaped(label)}</a></p>`,
    '<p style="margin:0 0 16px;font-size:13px;word-break:break-all">',
    `<a href="${href}" rel="noreferrer">${href}</a></p>`,
  ].join('\n');
}

function detail([label, value]: readonly [string, string]): string {
  return `<strong>${escaped(label)}:</strong> ${escaped(value)}`;
}

function webUrl(url: string): string {
  if (!['http:', 'https:'].includes(new URL(url).protocol)) throw new Error('a mailed link must be http or https');
  return url;
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '');
}
