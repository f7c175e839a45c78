import type { MailBlock, MailContent } from './mail-content';

const COLUMNS = 72;

/** The mail as text. A link stands alone on its line, whole, so that it can be clicked, copied and read by scripts. */
export function textLayout(content: MailContent, footer: string): string {
  const body = content.blocks.map(textOf).join('\n\n');
  // RFC 3676 §4.3: what follows "-- " is the signature
  return `${body}\n\n-- \n${wrapped(footer)}\n`;
}

function textOf(block: MailBlock): string {
  switch (block.kind) {
    case 'paragraph':
      return wrapped(block.text);
    case 'link':
      return block.url;
    case 'code':
      return block.code;
    case 'details':
      return block.lines.map(([label, value]) => `${label}: ${oneLine(value)}`).join('\n');
  }
}

/** What came from outside must not break out of its line. */
function oneLine(text: string): string {
  return text.replace(/[\p{C}\s]+/gu, ' ').trim();
}

function wrapped(text: string): string {
  const lines: string[] = [];
  let line = '';
  for (const word of oneLine(text).split(' ')) {
    if (line !== '' && line.length + 1 + word.length > COLUMNS) {
      lines.push(line);
      line = word;
    } else {
      line = line === '' ? word : `${line} ${word}`;
    }
  }
  return [...lines, line].join('\n');
}
