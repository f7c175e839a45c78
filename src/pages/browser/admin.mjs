import { lockRow, nameOf } from './lock-table.mjs';
import { ServiceClient } from './service-client.mjs';
import { counted, wordsFor } from './words.mjs';

/** As many as the service shows at once. */
const MOST_SHOWN = 200;
/** Refusals after which nothing but a new sign-in helps. */
const NEEDS_SIGN_IN = ['invalid-token', 'session-ended', 'invalid-ticket'];

const client = new ServiceClient();
let ticket = null;

const byId = (id) => document.getElementById(id);
const signInForm = byId('sign-in');
const codeForm = byId('second-factor');
const consolePart = byId('console');
const rows = byId('locks').tBodies[0];

function show(part, focused) {
  for (const each of [signInForm, codeForm, consolePart]) each.hidden = each !== part;
  byId(focused).focus();
}

function say({ problem = '', status = '' }) {
  byId('problem').textContent = problem;
  byId('problem').hidden = problem === '';
  byId('status').textContent = status;
}

function showSignIn(words = {}) {
  ticket = null;
  rows.replaceChildren();
  codeForm.reset();
  byId('password').value = '';
  say(words);
  show(signInForm, byId('name').value === '' ? 'name' : 'password');
}

/** Does one thing at a time: buttons wait, and what goes wrong is said. */
async function attempt(work) {
  if (document.body.ariaBusy === 'true') return;
  document.body.ariaBusy = 'true';
  say({});
  try {
    await work();
  } catch (error) {
    if (error.code === undefined) throw error;
    if (NEEDS_SIGN_IN.includes(error.code)) await leave({ problem: wordsFor(error) });
    else say({ problem: wordsFor(error) });
  } finally {
    document.body.ariaBusy = 'false';
  }
}

async function leave(words) {
  showSignIn(words);
  await client.signOut();
}

async function enter() {
  try {
    await list();
  } catch (error) {
    if (error.code === 'forbidden') return leave({ problem: await whyForbidden() });
    // signed in, but the list did not come: the button asks for it again
    show(consolePart, 'refresh');
    throw error;
  }
}

/** Admins are refused too, where the service asks them for a second factor that the account does not have. */
async function whyForbidden() {
  const { roles } = await client.account();
  if (!roles.includes('admin')) return 'This account is no admin.';
  return 'Here, admins need a second factor. Add one to this account, then sign in with it.';
}

async function list() {
  const locks = await client.locks();
  rows.replaceChildren(...locks.map((lock) => lockRow(lock, lift)));
  codeForm.reset();
  byId('password').value = '';
  show(consolePart, 'refresh');
  summarize();
  byId('more').hidden = locks.length < MOST_SHOWN;
}

function summarize() {
  const count = rows.rows.length;
  byId('count').textContent = count === 0 ? 'No account is locked.' : `${counted(count, 'lock')}, the latest first.`;
  byId('table').hidden = count === 0;
}

async function lift(lock, row, button) {
  await attempt(async () => {
    button.disabled = true;
    let status = `The lock of ${nameOf(lock.account)} is lifted.`;
    try {
      await client.lift(lock);
    } catch (error) {
      button.disabled = false;
      if (error.code === 'forbidden') return leave({ problem: await whyForbidden() });
      if (error.code !== 'not-found') throw error;
      status = `The lock of ${nameOf(lock.account)} had ended already.`;
    }
    const next = row.nextElementSibling ?? row.previousElementSibling;
    row.remove();
    summarize();
    // who works by keyboard goes on from here
    (next?.querySelector('button') ?? byId('refresh')).focus();
    say({ status });
  });
}

function onSubmit(form, work) {
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    void attempt(work);
  });
}

onSubmit(signInForm, async () => {
  await client.signOut();
  ticket = await client.signIn(byId('name').value.trim(), byId('password').value);
  if (ticket === null) await enter();
  else show(codeForm, 'code');
});

onSubmit(codeForm, async () => {
  await client.completeSignIn(ticket, byId('code').value.trim());
  ticket = null;
  await enter();
});

byId('start-over').addEventListener('click', () => void attempt(() => leave()));
byId('refresh').addEventListener('click', () => void attempt(enter));
byId('sign-out').addEventListener('click', () => void attempt(() => leave({ status: 'You are signed out.' })));

// a page that is left signs out: nobody could use its session any more
addEventListener('pagehide', () => void leave());

byId('needs-script').hidden = true;
showSignIn();
