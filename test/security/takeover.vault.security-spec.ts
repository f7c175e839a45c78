import { bearer, expectStatus, logIn } from '../support/accounts';
import { enableTotp, freshCode } from '../support/second-factor';
import { reset, Thief, undo, undosIn } from '../support/takeover';
import { CHOSEN, doAll, ENABLES, MOVES, RESETS, service, startStory, type Victim } from '../support/takeover-story';
import {
  anIdentifier,
  aVault,
  cookieHeader,
  cookiesOf,
  patch,
  undoInApp,
  vaultLogin,
  type Identifier,
} from '../support/vault';

beforeAll(startStory);
afterAll(() => service.close());

interface VaultVictim extends Victim {
  readonly identifier: Identifier;
}

/** What the owner's app makes of the new master password; the data key in it is the same. */
const chosen = anIdentifier({ nonce: 'bmV3IG5vbmNl', authVerifier: 'what the new master password derives' });
/** What a thief's app makes of one that he chose. */
const stolen = anIdentifier({ encryptedDek: 'bm90aGluZw==', salt: 'dGhpZWY=', authVerifier: 'the thief’s verifier' });

function tokensOf(cookies: Readonly<Record<string, string>>): Victim['browser'] {
  return { access: cookies['sv_at'] ?? '', refresh: cookies['sv_rt'] ?? '', device: cookies['device'] ?? '' };
}

/** The owner of a vault, signed in twice, with a second factor or without; a thief has the tokens of one fresh session. */
async function aVaultVictim(hasFactor: boolean): Promise<VaultVictim> {
  const { person, identifier, cookies } = await aVault(service);
  const browser = tokensOf(cookies);
  const secret = hasFactor ? await enableTotp(service, browser) : null;
  const totp = secret === null ? {} : { totpCode: await freshCode(service, secret) };
  const answer = expectStatus(await vaultLogin(service, person, identifier.authVerifier, totp), 200);
  await service.mailsTo(person.email);
  service.clock.advanceSeconds(60);
  const thief = new Thief(service, [tokensOf(cookiesOf(answer))]);
  return { owner: person, identifier, browser, secret, thief };
}

async function aVictimWhoseMailboxIsRead(): Promise<VaultVictim> {
  const victim = await aVaultVictim(false);
  victim.thief.sessions.length = 0;
  victim.thief.mailboxes.push(victim.owner.email);
  return victim;
}

async function undoTheEarliest({ owner, identifier, secret }: VaultVictim): Promise<void> {
  const link = (await undosIn(service, owner.email)).at(secret === null ? 0 : 1) ?? '';
  expectStatus(await undoInApp(service, link, identifier.authVerifier, chosen), 200);
}

/** The account is the owner's, at the first address, opened by the new master password alone. */
async function expectOwners({ owner, identifier, secret, thief }: VaultVictim): Promise<void> {
  const mailbox = thief.mailboxes.splice(0);
  thief.mailboxes.push(...mailbox.filter((address) => address !== owner.email)); // that one he reads still, and can reset
  expect(await thief.whatStillWorks(owner.email)).toEqual([]);
  for (const verifier of [stolen.authVerifier, identifier.authVerifier]) {
    expect((await vaultLogin(service, owner, verifier)).statusCode).toBe(401);
  }
  service.clock.advanceSeconds(30); // a factor that is put back takes no code of now, nor the next one
  const totp = secret === null ? {} : { totpCode: await freshCode(service, secret) };
  const cookies = cookiesOf(expectStatus(await vaultLogin(service, owner, chosen.authVerifier, totp), 200));
  const keys = expectStatus(await service.get('/api/auth/identifier', cookieHeader(cookies)), 200);
  const { authVerifier: _verifier, ...expected } = chosen;
  expect(keys.json()).toMatchObject({ data: expected });
  const me = await service.get('/user/me', bearer(tokensOf(cookies)));
  expect(me.json()).toMatchObject({ email: owner.email, email_verified: true, mfa_enabled: secret !== null });
}

describe('the owner of a vault, who has no password', () => {
  it.each<[boolean, string[]]>([
    [false, [ENABLES]],
    [false, [ENABLES, 'makes recovery codes']],
    [false, [MOVES]],
    [false, [MOVES, RESETS]],
    [false, [MOVES, RESETS, ENABLES, 'makes recovery codes', MOVES]],
    [true, ['makes recovery codes', 'takes the factor away with a recovery code', ENABLES]],
    [true, ['makes recovery codes', 'takes the factor away with a recovery code', MOVES, RESETS, ENABLES]],
    [true, [MOVES]],
  ])('(second factor: %s) takes everything back from a thief of a session who %j', async (hasFactor, names) => {
    const victim = await aVaultVictim(hasFactor);
    await doAll(victim, names);
    await undoTheEarliest(victim);
    await expectOwners(victim);
  });

  it.each<[string[]]>([[[RESETS]], [[RESETS, ENABLES]], [[RESETS, MOVES, ENABLES, 'makes recovery codes']]])(
    'takes everything back from who reads the mailbox and %j',
    async (names) => {
      const victim = await aVictimWhoseMailboxIsRead();
      await doAll(victim, names);
      await undoTheEarliest(victim);
      await expectOwners(victim);
    },
  );

  it('takes the vault back from who knew the master password and changed it', async () => {
    const victim = await aVaultVictim(false);
    const { identifier, thief, owner } = victim;
    const body = { ...stolen, currentAuthVerifier: identifier.authVerifier };
    expectStatus(await patch(service, '/api/auth/verif/identifier', body, { sv_at: thief.session.access }), 200);
    const [token = ''] = await undosIn(service, owner.email);
    const prelogin = await service.post('/api/auth/undo/prelogin', { token });
    const { salt, argon2Params } = identifier;
    expect(prelogin.json()).toEqual({ data: { salt, argon2Params }, message: 'Prelogin success' });
    const proof = { token, formerAuthVerifier: identifier.authVerifier };
    const keys = expectStatus(await service.post('/api/auth/undo/identifier', proof), 200);
    const { authVerifier: _verifier, ...former } = identifier;
    expect(keys.json()).toMatchObject({ data: former });
    await undoTheEarliest(victim);
    await expectOwners(victim);
  });
});

it('a thief of the mailbox cannot undo what the owner changed', async () => {
  const { owner, browser } = await aVaultVictim(false);
  await enableTotp(service, browser);
  const [token = ''] = await undosIn(service, owner.email);
  for (const guess of ['', 'what the thief chose', stolen.authVerifier]) {
    const answer = await undoInApp(service, token, guess, stolen);
    expect([guess, answer.statusCode]).toEqual([guess, guess === '' ? 400 : 401]);
    const page = await undo(service, token, guess, 'the thief’s password');
    expect(page.statusCode).toBe(400);
  }
});

it('an owner with a vault and a password gets the vault back by the password, too', async () => {
  const victim = await aVaultVictim(false);
  const { owner, identifier, thief } = victim;
  await reset(service, owner.email, 'the owner’s password');
  service.clock.advanceSeconds(11 * 86_400); // a thief of the mailbox would have set it, and nobody undid that
  const cookies = cookiesOf(expectStatus(await vaultLogin(service, owner, identifier.authVerifier), 200));
  thief.sessions.splice(0, 1, tokensOf(cookies));
  await doAll(victim, [ENABLES]);
  const body = { ...stolen, currentAuthVerifier: identifier.authVerifier };
  expectStatus(await patch(service, '/api/auth/verif/identifier', body, { sv_at: thief.session.access }), 200);
  const [link = ''] = await undosIn(service, owner.email);
  const answer = await undo(service, link, 'the owner’s password', CHOSEN);
  expect([answer.statusCode, answer.body]).toEqual([200, expect.stringContaining('It is undone')]);
  expect((await vaultLogin(service, owner, stolen.authVerifier)).statusCode).toBe(401);
  expectStatus(await vaultLogin(service, owner, identifier.authVerifier), 200);
  expectStatus(await logIn(service, { email: owner.email, password: CHOSEN }), 200);
  expect(await thief.whatStillWorks(owner.email)).toEqual([]);
});
