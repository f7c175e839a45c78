import { anAccount, aPerson, bearer, expectStatus, signIn, type Person, type Tokens } from './accounts';
import {
  aSecuredAccount,
  enableTotp,
  freshCode,
  generate,
  replaceRecoveryCodes,
  signInWithCode,
  ticketFor,
} from './second-factor';
import { changeEmail, emailTicket, reset, Thief, undo, undosIn } from './takeover';
import { startTestApp, type TestApp } from './test-app';

/** The service that the story plays at; started by `startStory`. */
export let service: TestApp & { readonly dataDir: string };

export async function startStory(): Promise<void> {
  service = await startTestApp();
}

export const CHOSEN = 'what the owner chose then';

export interface Victim {
  readonly owner: Person;
  /** The owner's own browser. */
  readonly browser: Tokens;
  /** The owner's authenticator app, where there is one. */
  readonly secret: string | null;
  readonly thief: Thief;
}

/** An account whose owner is signed in twice; a thief has taken the tokens of one session while they were fresh. */
export async function aVictim(): Promise<Victim> {
  const owner = await anAccount(service);
  const browser = await signIn(service, owner);
  const thief = new Thief(service, [await signIn(service, owner)]);
  service.clock.advanceSeconds(60);
  return { owner, browser, secret: null, thief };
}

export async function aSecuredVictim(): Promise<Victim> {
  const { owner, tokens, secret } = await aSecuredAccount(service);
  const thief = new Thief(service, [await signInWithCode(service, owner, await freshCode(service, secret))]);
  await service.mailsTo(owner.email);
  service.clock.advanceSeconds(60);
  return { owner, browser: tokens, secret, thief };
}

/** Nothing that the thief made passes for the second factor, not even with the right password. */
export async function expectFactorIsOwners({ owner, thief }: Victim): Promise<void> {
  const codes = [...thief.codes.slice(0, 3), await freshCode(service, thief.totpSecret ?? 'A'.repeat(32))];
  const ticket = await ticketFor(service, { email: owner.email, password: CHOSEN });
  for (const code of codes) expect((await service.post('/auth/mfa/totp', { ticket, code })).statusCode).toBe(401);
}

/** What a thief does with a fresh session and no password; each deed a little later than the one before. */
const deeds: Record<string, (victim: Victim) => Promise<void>> = {
  'enables a second factor of his own': async ({ thief }) => {
    thief.totpSecret = await enableTotp(service, thief.session);
  },
  'makes recovery codes': async ({ thief }) => {
    thief.codes.push(...(await replaceRecoveryCodes(service, thief.session)));
  },
  'takes the factor away with a recovery code': async ({ thief }) => {
    const [code] = thief.codes;
    expectStatus(await service.post('/auth/mfa/disable', { code }, bearer(thief.session)), 204);
  },
  'signs everybody else out': async ({ thief }) => {
    expectStatus(await service.post('/auth/token/revoke', { others: true }, bearer(thief.session)), 204);
  },
  'asks for another address': async ({ thief }) => {
    const { email } = aPerson();
    thief.mailboxes.push(email);
    await emailTicket(service, thief.session, email);
  },
  'moves the account to an address of his own': async ({ thief }) => {
    const { email } = aPerson();
    thief.mailboxes.unshift(email);
    await changeEmail(service, thief.session, email);
  },
  'resets the password through his mailbox': async ({ thief }) => {
    await reset(service, thief.mailboxes[0] ?? '', thief.password, { forget_devices: true });
    service.clock.advanceSeconds(1);
    await thief.signIn(thief.mailboxes[0] ?? '');
  },
  'changes his password once more': async ({ thief }) => {
    const body = { old_password: thief.password, new_password: 'what the thief chose next', forget_devices: true };
    expectStatus(await service.post('/auth/change-password/change', body, bearer(thief.session)), 204);
    thief.passwords.unshift('what the thief chose next');
    await thief.signIn(thief.mailboxes[0] ?? '');
  },
  'generates a secret to enable later': async ({ thief }) => {
    thief.totpSecret = await generate(service, thief.session);
  },
};

export async function doAll(victim: Victim, names: readonly string[]): Promise<void> {
  for (const name of names) {
    await deeds[name]?.(victim);
    // a mail goes out as things are when it does
    await service.mailsTo(victim.owner.email);
    service.clock.advanceSeconds(20);
  }
}

/** The account is the owner's, at the first address, and nobody else's. */
export async function expectOwners({ owner, secret, thief }: Victim): Promise<void> {
  const person = { email: owner.email, password: CHOSEN };
  expect(await thief.whatStillWorks(owner.email)).toEqual([]);
  const tokens =
    secret === null
      ? await signIn(service, person)
      : await signInWithCode(service, person, await freshCode(service, secret));
  expect((await service.get('/user/me', bearer(tokens))).json()).toMatchObject({
    email: owner.email,
    email_verified: true,
    mfa_enabled: secret !== null,
  });
}

export async function undoTheEarliest({ owner, secret }: Victim): Promise<void> {
  const undos = await undosIn(service, owner.email);
  // the owner's own changes, such as enabling his factor, were told of before
  const earliest = undos.at(secret === null ? 0 : 1) ?? '';
  const answer = await undo(service, earliest, owner.password, CHOSEN);
  expect([answer.statusCode, answer.body]).toEqual([200, expect.stringContaining('It is undone')]);
}

export const MOVES = 'moves the account to an address of his own';
export const RESETS = 'resets the password through his mailbox';
export const ENABLES = 'enables a second factor of his own';
