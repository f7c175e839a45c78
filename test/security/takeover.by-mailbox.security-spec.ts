import { anAccount, aPerson, bearer, expectStatus, logIn, register, signIn } from '../support/accounts';
import { enableTotp } from '../support/second-factor';
import { changeEmail, reset, undo, undosIn } from '../support/takeover';
import {
  CHOSEN,
  aVictim,
  doAll,
  ENABLES,
  expectOwners,
  MOVES,
  RESETS,
  service,
  startStory,
} from '../support/takeover-story';
import { anIdentifier, aVault, cookiesOf, patch, undoInApp, vaultLogin } from '../support/vault';

beforeAll(startStory);
afterAll(() => service.close());

const DAY = 86_400;
const THIEFS = 'what the thief chose';
const OWNERS = 'what the owner chose';

/** What mailed links have set is no proof, whoever set it. */
describe('a password that a mailed link has set', () => {
  it('undoes nothing that the owner does afterwards', async () => {
    const owner = await anAccount(service);
    await reset(service, owner.email, THIEFS);
    await reset(service, owner.email, OWNERS);
    service.clock.advanceSeconds(60);
    const browser = await signIn(service, { ...owner, password: OWNERS });
    await enableTotp(service, browser);
    const home = aPerson().email;
    await changeEmail(service, browser, home);
    const links = await undosIn(service, owner.email);
    expect(links).toHaveLength(4);
    for (const days of [0, 5]) {
      service.clock.advanceSeconds(days * DAY);
      for (const link of links) expect((await undo(service, link, THIEFS, 'mine')).statusCode).toBe(400);
    }
    const login = await logIn(service, { email: home, password: OWNERS });
    expect(login.json()).toMatchObject({ mfa: true });
  });

  it('keeps nobody out who knows the one before it, however often links set others', async () => {
    const owner = await anAccount(service);
    for (let times = 0; times < 4; times += 1) {
      await reset(service, owner.email, `${THIEFS} ${String(times)}`);
      service.clock.advanceSeconds(2 * DAY);
    }
    await signIn(service, { ...owner, password: `${THIEFS} 3` });
    // the first notice is too old by now; those after it ask for the same password
    const link = (await undosIn(service, owner.email)).at(-1) ?? '';
    const [mail] = await service.mailsTo(owner.email);
    expect(mail?.text).toMatch(
      /password\sthat\syou\shad\suntil\s[^,]*,\sbefore\sa\slink\sthat\swe\smailed\sset\sanother/,
    );
    expect((await undo(service, link, `${THIEFS} 2`, 'mine')).statusCode).toBe(400);
    expect((await undo(service, link, owner.password, CHOSEN)).statusCode).toBe(200);
    await signIn(service, { email: owner.email, password: CHOSEN });
  });

  it('counts like any other once nobody has undone it for the time that there was', async () => {
    const owner = await anAccount(service);
    await reset(service, owner.email, OWNERS);
    service.clock.advanceSeconds(11 * DAY);
    await enableTotp(service, await signIn(service, { ...owner, password: OWNERS }));
    const link = (await undosIn(service, owner.email)).at(-1) ?? '';
    expect((await undo(service, link, OWNERS, CHOSEN)).statusCode).toBe(200);
  });

  it('is no way to a vault: its owner’s changes stay, and its keys', async () => {
    const { person, identifier } = await aVault(service);
    await reset(service, person.email, THIEFS);
    const next = anIdentifier({ encryptedDek: 'bmV3', authVerifier: 'the owner’s next' });
    const cookies = cookiesOf(expectStatus(await vaultLogin(service, person, identifier.authVerifier), 200));
    const body = { ...next, currentAuthVerifier: identifier.authVerifier };
    expectStatus(await patch(service, '/api/auth/verif/identifier', body, { sv_at: cookies['sv_at'] ?? '' }), 200);
    await enableTotp(service, { access: cookies['sv_at'] ?? '' });
    const mails = await service.mailsTo(person.email);
    expect(mails[0]?.text).toContain('vault’s app');
    for (const link of await undosIn(service, person.email)) {
      expect((await undo(service, link, THIEFS, 'mine')).statusCode).toBe(400);
    }
    expect((await vaultLogin(service, person, next.authVerifier)).json()).toMatchObject({
      error: { code: 'mfa-required' },
    });
  });
});

it.each<[string, (email: string) => Promise<unknown>]>([
  ['somebody makes another account there', (email) => anAccount(service, { email, password: THIEFS })],
  [
    'the owner resets what is not there any more',
    async (email) => {
      await register(service, { email, password: THIEFS });
      await reset(service, email, OWNERS);
    },
  ],
])('an undo of a move works though %s', async (_what, act) => {
  const victim = await aVictim();
  await doAll(victim, [MOVES]);
  await act(victim.owner.email);
  victim.thief.passwords.push(THIEFS, OWNERS);
  const [link = ''] = await undosIn(service, victim.owner.email);
  expect((await undo(service, link, victim.owner.password, CHOSEN)).statusCode).toBe(200);
  await expectOwners(victim);
});

describe('the tries of undo links', () => {
  const from = (network: string) => ({ 'x-forwarded-for': network });

  it('are shared by all links of an account, ten from one network', async () => {
    const victim = await aVictim();
    await doAll(victim, [ENABLES, 'makes recovery codes']);
    const links = await undosIn(service, victim.owner.email);
    for (let guess = 0; guess < 10; guess += 1) {
      const answer = await undo(service, links[guess % 2] ?? '', `guess ${String(guess)}`, CHOSEN);
      expect(answer.body).toContain('password is not right');
    }
    for (const link of links) {
      expect((await undo(service, link, victim.owner.password, CHOSEN)).body).toContain('not valid any more');
    }
  });

  it('are taken by wrong passwords alone', async () => {
    const victim = await aVictim();
    await doAll(victim, [ENABLES]);
    const [link = ''] = await undosIn(service, victim.owner.email);
    for (let attempt = 0; attempt < 12; attempt += 1) {
      expect((await undo(service, link, victim.owner.password, 'short')).statusCode).toBe(400);
    }
    expect((await undo(service, link, victim.owner.password, CHOSEN, from('192.0.2.1'))).statusCode).toBe(200);
  });
});

it('an undo is told, with a link that shows what a vault’s key was before it, and undoes nothing', async () => {
  const { person, identifier, cookies } = await aVault(service);
  const next = anIdentifier({ encryptedDek: 'bmV3', authVerifier: 'since the old one leaked' });
  const body = { ...next, currentAuthVerifier: identifier.authVerifier };
  expectStatus(await patch(service, '/api/auth/verif/identifier', body, { sv_at: cookies['sv_at'] ?? '' }), 200);
  const [link = ''] = await undosIn(service, person.email);
  // whoever has the leaked one, and reads the mailbox
  const thiefs = anIdentifier({ encryptedDek: 'bm9uZQ==', authVerifier: THIEFS });
  expectStatus(await undoInApp(service, link, identifier.authVerifier, thiefs), 200);
  const [mail] = await service.mailsTo(person.email);
  expect(mail?.subject).toMatch(/^A change to your account .* was undone$/);
  const shown = (await undosIn(service, person.email)).at(-1) ?? '';
  const proof = { token: shown, formerAuthVerifier: next.authVerifier };
  const keys = expectStatus(await service.post('/api/auth/undo/identifier', proof), 200);
  expect(keys.json()).toMatchObject({ data: { encryptedDek: 'bmV3' } });
  expect((await undoInApp(service, shown, next.authVerifier, next)).statusCode).toBe(401);
  expectStatus(await vaultLogin(service, person, THIEFS), 200);
});

it('who reads the mailbox cannot delete a vault: not while what he reset can be undone', async () => {
  const { person, identifier } = await aVault(service);
  await reset(service, person.email, THIEFS);
  const thief = await signIn(service, { email: person.email, password: THIEFS });
  expect((await service.post('/auth/delete', undefined, bearer(thief))).statusCode).toBe(403);
  expectStatus(await vaultLogin(service, person, identifier.authVerifier), 200);
  service.clock.advanceSeconds(11 * DAY);
  const owner = await signIn(service, { email: person.email, password: THIEFS });
  expect((await service.post('/auth/delete', undefined, bearer(owner))).statusCode).toBe(204);
});

it('who reads the mailbox, resets, and moves away loses all of it though he makes an account there', async () => {
  const victim = await aVictim();
  const { owner, thief } = victim;
  thief.sessions.length = 0;
  thief.mailboxes.push(owner.email);
  await doAll(victim, [RESETS, MOVES]);
  await anAccount(service, { email: owner.email, password: 'what the squatter chose' });
  const [link = ''] = await undosIn(service, owner.email);
  expect((await undo(service, link, owner.password, CHOSEN)).statusCode).toBe(200);
  thief.mailboxes.splice(thief.mailboxes.indexOf(owner.email), 1); // he reads it still, and can reset again
  await expectOwners(victim);
});
