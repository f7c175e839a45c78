import { anAccount, aPerson, bearer, expectStatus, resetTicket, signIn, type Tokens } from '../support/accounts';
import { freshCode, ticketFor } from '../support/second-factor';
import { changeEmail, reset, undo, undosIn } from '../support/takeover';

import {
  CHOSEN,
  ENABLES,
  MOVES,
  RESETS,
  aSecuredVictim,
  aVictim,
  doAll,
  expectOwners,
  service,
  startStory,
  undoTheEarliest,
  type Victim,
} from '../support/takeover-story';

beforeAll(startStory);
afterAll(() => service.close());

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

it.each<[string[]]>([[[RESETS]], [[RESETS, ENABLES]], [[RESETS, ENABLES, 'makes recovery codes', MOVES]]])(
  'who reads the mailbox, and %j, loses all of it to the undo of the reset',
  async (names) => {
    const victim = await aVictim();
    const { owner, thief } = victim;
    thief.sessions.length = 0;
    thief.mailboxes.push(owner.email);
    await doAll(victim, names);
    await undoTheEarliest(victim);
    thief.mailboxes.splice(thief.mailboxes.indexOf(owner.email), 1); // he reads it still, and can reset again
    await expectOwners(victim);
  },
);

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
