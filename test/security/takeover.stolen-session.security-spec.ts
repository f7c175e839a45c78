import { bearer, logIn } from '../support/accounts';
import { freshCode, ticketFor } from '../support/second-factor';
import { reset, undosIn } from '../support/takeover';

import {
  CHOSEN,
  ENABLES,
  MOVES,
  RESETS,
  aSecuredVictim,
  aVictim,
  doAll,
  expectFactorIsOwners,
  expectOwners,
  service,
  startStory,
  undoTheEarliest,
} from '../support/takeover-story';

beforeAll(startStory);
afterAll(() => service.close());

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
