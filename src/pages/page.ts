/** Text made safe for HTML, as `html` made it. */
export class Markup {
  constructor(readonly text: string) {}
}

type Piece = string | number | Markup | readonly Markup[];

/** Builds markup; every value that is not markup itself is escaped, in text and in quoted attributes alike. */
export function html(strings: TemplateStringsArray, ...pieces: readonly Piece[]): Markup {
  return new Markup(strings.reduce((text, part, index) => text + render(pieces[index - 1] ?? '') + part));
}

function render(piece: Piece): string {
  if (piece instanceof Markup) return piece.text;
  if (typeof piece === 'object') return piece.map(render).join('');
  return String(piece).replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

/** A whole page. It needs no script. */
export function page(title: string, body: Markup): string {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="robots" content="noindex" />
        <title>${title} · Latchkey</title>
        <link rel="icon" href="data:," />
        <link rel="stylesheet" href="/assets/page.css" />
      </head>
      <body>
        <main>
          <p class="brand">Latchkey</p>
          <h1>${title}</h1>
          ${body}
        </main>
      </body>
    </html> `.text;
}

/** What went wrong, above a form that can be sent again. */
export function alert(message: string | null): Markup {
  return message === null ? html`` : html`<p class="alert" role="alert">${message}</p>`;
}
