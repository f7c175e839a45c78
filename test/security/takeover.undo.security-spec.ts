import { anAccount, aPerson, bearer, expectStatus, logIn, resetTicket, signIn } from '../support/accounts';
import { enableTotp } from '../support/second-factor';
import { changeEmail, reset, undo, undosIn } from '../support/takeover';
import { startTestApp } from '../support/test-app';

import {
  CHOSEN,
  ENABLES,
  MOVES,
  RESETS,
  aVictim,
  doAll,
  expectOwners,
  service,
  startStory,
  undoTheEarliest,
} from '../support/takeover-story';

beforeAll(startStory);
afterAll(() => service.close());

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

  it('gets the former address back from an account that has proved it since, which goes on under a username', async () => {
    const victim = await aVictim();
    const { owner } = victim;
    await doAll(victim, [MOVES]);
    const later = await anAccount(service, { email: owner.email, password: 'of the later account' });
    const session = await signIn(service, later);
    await enableTotp(service, session);
    await undoTheEarliest(victim);
    await expectOwners(victim);
    const mails = await service.mailsTo(owner.email);
    const told = mails.find(({ subject }) => subject.startsWith('Your address went back'));
    const username = /username\s(user-\S+)/.exec(told?.text ?? '')?.[1] ?? '';
    const me = await service.get('/user/me', bearer(session));
    expect(me.json()).toMatchObject({ email: null, email_verified: false, username });
    const halfway = await service.post('/auth/login', { username, password: later.password });
    expect(halfway.json()).toMatchObject({ mfa: true });
    // what that account was told of at this address gives it nothing back
    for (const link of await undosIn(service, owner.email)) {
      expect((await undo(service, link, later.password, 'mine again')).statusCode).toBe(400);
    }
    await expectOwners(victim);
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
