// node examples/vault-walk.mjs [http://localhost:3000]
// Enrols, signs in, decrypts, changes the master password, undoes a thief's change, is locked out and comes back. Needs a service whose mails are
// caught by the development mailbox.
import { setTimeout as wait } from 'node:timers/promises';
import { VaultClient } from './vault-client.mjs';

const baseUrl = process.argv[2] ?? 'http://localhost:3000';
const stamp = Date.now().toString(36);
const [username, email] = [`walker-${stamp}`, `walker-${stamp}@example.com`];

const UNDO = /\/undo\?token=(\S+)/;

/** What the pattern finds in the newest mail that has it, once that is not `seen`. */
async function fromMail(pattern, seen) {
  for (let attempt = 0; attempt < 100; attempt += 1) {
    const answer = await fetch(`${baseUrl}/dev/mailbox.json?to=${encodeURIComponent(email)}`);
    for (const { text } of await answer.json()) {
      const [whole, part = whole] = pattern.exec(text) ?? [];
      if (part === seen) break;
      if (part) return decodeURIComponent(part);
    }
    await wait(100);
  }
  throw new Error(`no mail to ${email} matches ${pattern}`);
}

function expect(what, isTrue) {
  if (!isTrue) throw new Error(`not so: ${what}`);
  console.log(what);
}

const laptop = new VaultClient(baseUrl);
await laptop.enrol(username, email);
await laptop.proveMailbox(await fromMail(/^\d{6}$/m));
await laptop.chooseMasterPassword(email, 'correct horse battery staple');
const secret = laptop.encrypt('what nobody else may read');
expect('enrolled, and signed in', (await laptop.me()).email === email);

const phone = new VaultClient(baseUrl);
await phone.signIn(email, 'correct horse battery staple');
expect('another client decrypts', phone.decrypt(secret) === 'what nobody else may read');

await laptop.changeMasterPassword(email, 'correct horse battery staple', 'a better one, much longer');
const ended = await phone.me().catch((error) => error.code);
expect('a new master password ends the other sessions', ended === 'session-ended' || ended === 'invalid-token');
await phone.signIn(email, 'a better one, much longer');
expect('the same data opens under the new one', phone.decrypt(secret) === 'what nobody else may read');

const own = await fromMail(UNDO);
const thief = new VaultClient(baseUrl);
await thief.signIn(email, 'a better one, much longer');
await thief.changeMasterPassword(email, 'a better one, much longer', 'what the thief chose');
await phone.undo(await fromMail(UNDO, own), 'a better one, much longer', 'known to nobody else');
expect('what a thief changed is undone', phone.decrypt(secret) === 'what nobody else may read');
await laptop.signIn(email, 'known to nobody else');

const stranger = new VaultClient(baseUrl);
for (let guess = 0; guess < 10; guess += 1) await stranger.reportFailed(email);
const refused = await stranger.signIn(email, 'known to nobody else').catch((error) => error);
expect('ten failures lock out who is not known', refused.code === 'locked' && refused.details.retry_after > 0);
await laptop.signOut();
await laptop.signIn(email, 'known to nobody else');
expect('a known device signs in all the same', laptop.decrypt(secret) === 'what nobody else may read');

await fetch(`${baseUrl}/auth/unlock/request`, {
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({ email }),
});
await stranger.unlock(await fromMail(/\/unlock\?token=(\S+)/));
await stranger.signIn(email, 'known to nobody else');
expect('the mailed link lets its owner in', stranger.decrypt(secret) === 'what nobody else may read');
console.log('done');
