import { FACTORS, STANDINGS } from './words.mjs';

const instants = new Intl.DateTimeFormat('en', { dateStyle: 'medium', timeStyle: 'short', hourCycle: 'h23' });

/** The name that an admin knows an account by. */
export function nameOf({ email, username, uuid }) {
  return email ?? username ?? uuid;
}

/** One row. Names and networks are whatever strangers chose: they go in as text and never as markup. */
export function lockRow(lock, onLift) {
  const row = element('tr', { role: 'row' });
  const cells = [
    ['Account', accountOf(lock.account)],
    ['Guessed', FACTORS[lock.factor] ?? lock.factor],
    ['Locked out', STANDINGS[lock.standing] ?? lock.standing],
    ['Failures', String(lock.failures)],
    ['From', lock.networks.length > 0 ? lines(lock.networks) : 'not kept'],
    ['Since', instant(lock.locked)],
    ['Until', instant(lock.until)],
    ['', liftButton(lock, row, onLift)],
  ];
  row.append(...cells.map(([label, content]) => cell(label, content)));
  return row;
}

function accountOf({ email, username, uuid }) {
  const names = [email, username].filter((name) => name !== null);
  return lines(names.length > 0 ? names : [uuid]);
}

function liftButton(lock, row, onLift) {
  const button = element('button', { type: 'button', 'aria-label': `Lift the lock of ${nameOf(lock.account)}` });
  button.textContent = 'Lift';
  button.addEventListener('click', () => void onLift(lock, row, button));
  return button;
}

/** `label` is shown where the window is too narrow for a table. */
function cell(label, content) {
  const made = element('td', { role: 'cell', ...(label === '' ? {} : { 'data-label': label }) });
  made.append(content);
  return made;
}

/** Texts below each other, each apart from its neighbours' writing direction. */
function lines(texts) {
  const list = element('div');
  for (const text of texts) {
    const line = element('bdi');
    line.textContent = text;
    list.append(line);
  }
  return list;
}

/** In the reader's own time zone. */
function instant(iso) {
  const time = element('time', { datetime: iso });
  time.textContent = instants.format(new Date(iso));
  return time;
}

function element(name, attributes = {}) {
  const made = document.createElement(name);
  for (const [attribute, value] of Object.entries(attributes)) made.setAttribute(attribute, value);
  return made;
}
