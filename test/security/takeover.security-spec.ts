import {
  anAccount,
  aPerson,
  bearer,
  expectStatus,
  logIn,
  resetTicket,
  signIn,
  type Person,
  type Tokens,
} from '../support/accounts';
import {
  aSecuredAccount,
  enableTotp,
  freshCode,
  generate,
  replaceRecoveryCodes,
  signInWithCode,
  ticketFor,
} from '../support/second-factor';
import { changeEmail, emailTicket, reset, Thief, undo, undosIn } from '../support/takeover';
import { startTestApp, type TestApp } from '../support/test-app';

let service: TestApp & { readonly dataDir: string };
beforeAll(async () => {
  service = await startTestApp();
});
afterAll(() => service.close());

const CHOSEN = 'what the owner chose then';

interface Victim {
  readonly owner: Person;
  /** The owner's own browser. */
  readonly browser: Tokens;
  /** The owner's authenticator app, where there is one. */
  readonly secret: string | null;
  readonly thief: Thief;
}

/** An account whose owner is signed in twice; a thief has taken the tokens of one session while they were fresh. */
async function aVictim(): Promise<Victim> {
  const owner = await anAccount(service);
  const browser = await signIn(service, owner);
  const thief = new Thief(service, [await signIn(service, owner)]);
  service.clock.advanceSeconds(60);
  return { owner, browser, secret: null, thief };
}

async function aSecuredVictim(): Promise<Victim> {
  const { owner, tokens, secret } = await aSecuredAccount(service);
  const thief = new Thief(service, [await signInWithCode(service, owner, await freshCode(service, secret))]);
  await service.mailsTo(owner.email);
  service.clock.advanceSeconds(60);
  return { owner, browser: tokens, secret, thief };
}

/** Nothing that the thief made passes for the second factor, not even with the right password. */
async function expectFactorIsOwners({ owner, thief }: Victim): Promise<void> {
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

async function doAll(victim: Victim, names: readonly string[]): Promise<void> {
  for (const name of names) {
    await deeds[name]?.(victim);
    // a mail goes out as things are when it does
    await service.mailsTo(victim.owner.email);
    service.clock.advanceSeconds(20);
  }
}

/** The account is the owner's, at the first address, and nobody else's. */
async function expectOwners({ owner, secret, thief }: Victim): Promise<void> {
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

async function undoTheEarliest({ owner, secret }: Victim): Promise<void> {
  const undos = await undosIn(service, owner.email);
  // the owner's own changes, such as enabling his factor, were told of before
  const earliest = undos.at(secret === null ? 0 : 1) ?? '';
  const answer = await undo(service, earliest, owner.password, CHOSEN);
  expect([answer.statusCode, answer.body]).toEqual([200, expect.stringContaining('It is undone')]);
}

const MOVES = 'moves the account to an address of his own';
const RESETS = 'resets the password through his mailbox';
const ENABLES = 'enables a second factor of his own';

describe('a thief of a fresh session', () => {
  it.each<[string[]]>([
    [[ENABLES]],
    [[ENABLES, 'makes recovery codes']],
    [[ENABLES, 'makes recovery codes', 'takes the factor away with a recovery code', ENABLES]],
    [[MOVES]],
    [[MOVES, 'signs everybody else out', ENABLES]],
    [[ENABLES, MOVES]],
    [[MOVES, RESETS]],
    [[MOVES, RESETS, 'changes his password once more']],
    [[MOVES, RESETS, ENABLES, 'makes recovery codes']],
    [[MOVES, MOVES, RESETS, 'asks for another address']],
    [[MOVES, RESETS, MOVES, 'changes his password once more', ENABLES, 'makes recovery codes', MOVES]],
  ])('who %j loses all of it to the undo of the earliest change', async (names) => {
    const victim = await aVictim();
    await doAll(victim, names);
    await undoTheEarliest(victim);
    await expectOwners(victim);
  });

  it.each<[string[]]>([
    [['makes recovery codes']],
    [['makes recovery codes', 'takes the factor away with a recovery code']],
    [['makes recovery codes', 'takes the factor away with a recovery code', ENABLES]],
    [
      [
        'makes recovery codes',
        'takes the factor away with a recovery code',
        MOVES,
        RESETS,
        ENABLES,
        'makes recovery codes',
      ],
    ],
    [[MOVES]],
  ])('where there is a factor: who %j loses all of it, and the owner’s factor is back', async (names) => {
    const victim = await aSecuredVictim();
    await doAll(victim, names);
    await undoTheEarliest(victim);
    await expectFactorIsOwners(victim);
    await expectOwners(victim);
  });

  it.each<[string[]]>([
    [['asks for another address']],
    [['generates a secret to enable later']],
    [['signs everybody else out', 'asks for another address', 'generates a secret to enable later']],
  ])('who %j loses all of it to a reset', async (names) => {
    const victim = await aVictim();
    await doAll(victim, names);
    await reset(service, victim.owner.email, CHOSEN);
    if (victim.thief.totpSecret !== null) {
      const code = await freshCode(service, victim.thief.totpSecret);
      expect((await service.post('/auth/mfa/enable', { code }, bearer(victim.thief.session))).statusCode).toBe(401);
    }
    await expectOwners(victim);
  });

  it('who enabled a factor is out after a reset; the undo of that change still lets the owner in', async () => {
    const victim = await aVictim();
    const { owner, thief } = victim;
    await doAll(victim, [ENABLES, 'makes recovery codes']);
    await reset(service, owner.email, 'what the reset set');
    expect(await thief.whatStillWorks(owner.email)).toEqual([]);
    const halfway = await logIn(service, { email: owner.email, password: 'what the reset set' });
    expect(halfway.json()).toEqual({ mfa: true, ticket: expect.any(String) });
    await undoTheEarliest(victim);
    thief.passwords.push('what the reset set');
    await expectOwners(victim);
  });

  it('who made recovery codes gets nowhere with them after a reset', async () => {
    const victim = await aSecuredVictim();
    const { owner, thief } = victim;
    await doAll(victim, ['makes recovery codes']);
    thief.mfaTickets.push(await ticketFor(service, owner));
    await reset(service, owner.email, CHOSEN);
    await expectOwners(victim);
  });

  it('who moved the account cannot undo the undo, nor anything of before', async () => {
    const victim = await aVictim();
    await doAll(victim, [MOVES, RESETS, MOVES]);
    await undoTheEarliest(victim);
    const { thief, owner } = victim;
    expect((await Promise.all(thief.mailboxes.map((email) => undosIn(service, email)))).flat().length).toBeGreaterThan(
      1,
    );
    thief.passwords.push(owner.password); // even had he learned it by then
    await expectOwners(victim);
  });
});

describe('a thief who reads the old mailbox', () => {
  /** The owner moved away from a mailbox that somebody else reads. */
  async function aMovedAccount(): Promise<Victim & { readonly former: string }> {
    const victim = await aVictim();
    const former = victim.owner.email;
    const { email } = aPerson();
    // what the thief asked for while the address was still the account's
    const early = await resetTicket(service, { email: former });
    await service.post('/auth/activate/request', { email: former });
    await changeEmail(service, victim.browser, email);
    service.clock.advanceSeconds(60);
    expect(
      (await service.post('/auth/change-password/change', { ticket: early, new_password: 'early bird' })).statusCode,
    ).toBe(401);
    victim.thief.mailboxes.push(former);
    return { ...victim, owner: { ...victim.owner, email, password: CHOSEN }, former };
  }

  const setChosen = async (victim: Victim, password: string) => {
    const body = { old_password: password, new_password: CHOSEN };
    expectStatus(await service.post('/auth/change-password/change', body, bearer(victim.browser)), 204);
  };

  it('has nothing of the account, whatever is mailed there', async () => {
    const victim = await aMovedAccount();
    await setChosen(victim, 'between 6-128 characters');
    expect(await undosIn(service, victim.former)).toHaveLength(1);
    await expectOwners(victim);
  });

  it('cannot undo the move without the password of then, in ten tries or more', async () => {
    const victim = await aMovedAccount();
    await setChosen(victim, 'between 6-128 characters');
    const [link = ''] = await undosIn(service, victim.former);
    for (let tries = 0; tries < 10; tries += 1) {
      const answer = await undo(service, link, `guess ${String(tries)}`, 'mine now');
      expect([answer.statusCode, answer.body]).toEqual([400, expect.stringContaining('password is not right')]);
    }
    const late = await undo(service, link, 'between 6-128 characters', 'mine now');
    expect([late.statusCode, late.body]).toEqual([400, expect.stringContaining('not valid any more')]);
    await expectOwners(victim);
  });

  it('cannot undo it in whatever browser, not even one that the account knows', async () => {
    const victim = await aMovedAccount();
    const [link = ''] = await undosIn(service, victim.former);
    const foreign = (await signIn(service, await anAccount(service))).device;
    const later = await signIn(service, { ...victim.owner, password: 'between 6-128 characters' });
    for (const device of [foreign, 'nonsense', victim.browser.device, victim.browser.refresh, later.device]) {
      expect((await undo(service, link, '', 'mine now', { 'x-device-token': device })).statusCode).toBe(400);
    }
    await setChosen(victim, 'between 6-128 characters').catch(() => reset(service, victim.owner.email, CHOSEN));
    await expectOwners(victim);
  });

  it('can make himself an account there, which is another one, and takes nothing from the owner’s', async () => {
    const victim = await aMovedAccount();
    await setChosen(victim, 'between 6-128 characters');
    const squatter = await anAccount(service, { email: victim.former, password: 'what the thief chose too' });
    const [mine, theirs] = [await signIn(service, victim.owner), await signIn(service, squatter)];
    const idOf = async (tokens: Tokens) =>
      (await service.get('/user/me', bearer(tokens))).json<{ uuid: string }>().uuid;
    expect(await idOf(mine)).not.toBe(await idOf(theirs));
  });

  it('who once reset the password there loses it to the undo of that reset, and to the move after it', async () => {
    const victim = await aVictim();
    const { owner, thief } = victim;
    await reset(service, owner.email, thief.password);
    await thief.signIn(owner.email);
    service.clock.advanceSeconds(60);
    await undoTheEarliest(victim);
    const former = owner.email;
    const { email } = aPerson();
    await changeEmail(service, await signIn(service, { email: former, password: CHOSEN }), email);
    thief.mailboxes.push(former);
    await expectOwners({ ...victim, owner: { ...owner, email } });
  });
});

describe('an old ticket', () => {
  it.each<[string, (victim: Victim) => Promise<void>]>([
    ['a reset', ({ owner }) => reset(service, owner.email, CHOSEN)],
    [
      'an undo',
      async (victim) => {
        await doAll(victim, [ENABLES]);
        await undoTheEarliest(victim);
      },
    ],
  ])('of any kind is void after %s', async (_what, act) => {
    const victim = await aVictim();
    const { owner, thief } = victim;
    thief.mailboxes.push(owner.email); // he has read what is in it by now
    await resetTicket(service, owner);
    await doAll(victim, ['asks for another address']);
    const old = thief.mailboxes.map((email) => email);
    const before = await Promise.all(old.map((email) => service.mailsTo(email)));
    expect(before.flat().length).toBeGreaterThanOrEqual(3);
    await act(victim);
    thief.mailboxes.length = 0;
    for (const mail of before.flat()) {
      const [, page, ticket = ''] = /\/([a-z-]+)\?(?:ticket|token)=(\S+)/.exec(mail.text) ?? [];
      const url =
        page === 'reset-password'
          ? '/auth/change-password/change'
          : page === 'change-email'
            ? '/auth/change-email/change'
            : '/auth/activate';
      const body = page === 'reset-password' ? { ticket, new_password: 'old ticket' } : { ticket };
      expect([page, (await service.post(url, body)).statusCode]).toEqual([page, 401]);
    }
    await expectOwners(victim);
  });

  it('of a sign-in half done is void after a reset and after an undo', async () => {
    for (const act of [reset, null]) {
      const victim = await aSecuredVictim();
      const { owner, secret, thief } = victim;
      thief.mfaTickets.push(await ticketFor(service, owner)); // he knows the password, too
      await doAll(victim, ['makes recovery codes']);
      if (act) await act(service, owner.email, CHOSEN);
      else await undoTheEarliest(victim);
      for (const ticket of thief.mfaTickets) {
        const code = await freshCode(service, secret ?? '');
        expect((await service.post('/auth/mfa/totp', { ticket, code })).statusCode).toBe(401);
      }
      await expectOwners(victim);
    }
  });
});

describe('an undo', () => {
  it('works once', async () => {
    const victim = await aVictim();
    await doAll(victim, [ENABLES]);
    const [link = ''] = await undosIn(service, victim.owner.email);
    await undoTheEarliest(victim);
    for (const former of [victim.owner.password, CHOSEN]) {
      const again = await undo(service, link, former, 'once more');
      expect([again.statusCode, again.body]).toEqual([400, expect.stringContaining('not valid any more')]);
    }
    await expectOwners(victim);
  });

  it('of a later change leaves the earlier one to be undone', async () => {
    const victim = await aVictim();
    await doAll(victim, [ENABLES, 'makes recovery codes']);
    const undos = await undosIn(service, victim.owner.email);
    expect(undos).toHaveLength(2);
    expect((await undo(service, undos[1] ?? '', victim.owner.password, 'in between')).statusCode).toBe(200);
    expect((await logIn(service, { ...victim.owner, password: 'in between' })).json()).toMatchObject({ mfa: true });
    await undoTheEarliest(victim);
    await expectOwners(victim);
  });

  it('of the earlier change voids those of the later ones', async () => {
    const victim = await aVictim();
    await doAll(victim, [ENABLES, 'makes recovery codes', 'takes the factor away with a recovery code']);
    const [, ...later] = await undosIn(service, victim.owner.email);
    expect(later).toHaveLength(2);
    await undoTheEarliest(victim);
    for (const link of later) {
      expect((await undo(service, link, victim.owner.password, 'later')).statusCode).toBe(400);
    }
    await expectOwners(victim);
  });

  it('takes no known device for a proof: a mailed reset makes one', async () => {
    const owner = await anAccount(service);
    const thiefsReset = { ticket: await resetTicket(service, owner), new_password: 'the thief’s for an hour' };
    const device = (await service.post('/auth/change-password/change', thiefsReset)).headers['x-device-token'];
    await reset(service, owner.email, owner.password);
    const home = aPerson();
    await changeEmail(service, await signIn(service, owner), home.email);
    const [link] = (await undosIn(service, owner.email)).slice(-1);
    expect(typeof device).toBe('string');
    expect((await undo(service, link ?? '', '', 'mine now', { 'x-device-token': String(device) })).statusCode).toBe(
      400,
    );
    await signIn(service, { ...owner, email: home.email });
  });

  it('of an old change of password leaves a factor that was added since', async () => {
    const owner = await anAccount(service);
    const body = { old_password: owner.password, new_password: 'since it leaked' };
    expectStatus(await service.post('/auth/change-password/change', body, bearer(await signIn(service, owner))), 204);
    const [link] = await undosIn(service, owner.email);
    await enableTotp(service, await signIn(service, { ...owner, password: body.new_password }));
    const answer = await undo(service, link ?? '', owner.password, 'the thief’s');
    expect(answer.statusCode).toBe(200);
    expect((await logIn(service, { ...owner, password: 'the thief’s' })).json()).toMatchObject({ mfa: true });
  });

  it('is good for seven days', async () => {
    for (const [seconds, status] of [
      [-1, 200],
      [0, 400],
    ] as const) {
      const victim = await aVictim();
      await doAll(victim, [ENABLES]);
      const [link = ''] = await undosIn(service, victim.owner.email);
      service.clock.advanceSeconds(7 * 86_400 - 20 + seconds);
      const answer = await undo(service, link, victim.owner.password, CHOSEN);
      expect(answer.statusCode).toBe(status);
    }
  });

  it('asks for a good new password, typed twice, before anything is undone', async () => {
    const victim = await aVictim();
    await doAll(victim, [ENABLES]);
    const [token = ''] = await undosIn(service, victim.owner.email);
    const formerPassword = victim.owner.password;
    const short = await undo(service, token, formerPassword, 'short');
    expect([short.statusCode, short.body]).toEqual([400, expect.stringContaining('role="alert"')]);
    const form = { token, former_password: formerPassword, password: CHOSEN, password_again: 'something else' };
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    const payload = new URLSearchParams(form).toString();
    expect((await service.inject({ method: 'POST', url: '/undo', headers, payload })).statusCode).toBe(400);
    await undoTheEarliest(victim);
    await expectOwners(victim);
  });

  it('is not spent by opening it', async () => {
    const victim = await aVictim();
    await doAll(victim, [ENABLES]);
    const [link = ''] = await undosIn(service, victim.owner.email);
    for (const method of ['GET', 'HEAD', 'GET'] as const) {
      expect((await service.inject({ method, url: `/undo?token=${link}` })).statusCode).toBe(200);
    }
    await undoTheEarliest(victim);
  });

  it('makes the browser that it was made in a known device', async () => {
    const victim = await aVictim();
    await doAll(victim, [MOVES, RESETS]);
    const [link = ''] = await undosIn(service, victim.owner.email);
    const answer = await undo(service, link, victim.owner.password, CHOSEN);
    const device = answer.cookies.find(({ name }) => name === 'device')?.value ?? '';
    victim.thief.devices.push(device);
    expect(await victim.thief.whatStillWorks(victim.owner.email)).toEqual(['a device']);
  });

  it('gets the former address back from an account that took it without proving it', async () => {
    const { database, clock, dataDir } = service;
    const automatic = await startTestApp({ database, clock, dataDir, environment: { AUTO_ACTIVATE: 'true' } });
    const victim = await aVictim();
    const { owner, thief } = victim;
    await doAll(victim, [MOVES]);
    expectStatus(await automatic.post('/auth/register', { email: owner.email, password: thief.password }), 204);
    const squatter = await signIn(automatic, { email: owner.email, password: thief.password });
    await undoTheEarliest(victim);
    thief.sessions.push(squatter);
    thief.devices.push(squatter.device);
    await expectOwners(victim);
    await automatic.close();
  });
});
