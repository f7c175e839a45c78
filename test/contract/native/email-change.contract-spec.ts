import {
  aPerson,
  anAccount,
  bearer,
  newestTicket,
  register,
  resetTicket,
  signIn,
  tokensIn,
} from '../../support/accounts';
import { problemOf } from '../../support/problem';
import { aSecuredAccount, anOldSession, freshCode, signInWithCode } from '../../support/second-factor';
import { emailTicket } from '../../support/takeover';
import { startDescribedApp } from '../../support/described-app';
import type { TestApp } from '../../support/test-app';

let service: TestApp & { readonly dataDir: string };
beforeAll(async () => {
  service = await startDescribedApp();
});
afterAll(() => service.close());

const INVALID_TICKET = { status: 401, code: 'invalid-ticket' };
const ask = (body: unknown, headers = {}) => service.post('/auth/change-email/request', body, headers);
const change = (ticket: unknown) => service.post('/auth/change-email/change', { ticket });

describe('POST /auth/change-email/request', () => {
  it('answers 204 and mails the new address; the account keeps the former one meanwhile', async () => {
    const [owner, { email: next }] = [await anAccount(service), aPerson()];
    const tokens = await signIn(service, owner);
    const answer = await ask({ new_email: next }, bearer(tokens));
    expect([answer.statusCode, answer.body, answer.headers['set-cookie']]).toEqual([204, '', undefined]);
    const [mail] = await service.mailsTo(next);
    expect([mail?.subject, mail?.text]).toEqual([
      expect.stringContaining('Confirm your new address'),
      expect.stringMatching(/\/change-email\?ticket=[\w-]+\n/),
    ]);
    expect((await service.get('/user/me', bearer(tokens))).json()).toMatchObject({ email: owner.email });
    await signIn(service, owner);
  });

  it('for an address in use answers 204 too, and tells its owner instead', async () => {
    const [owner, holder] = [await anAccount(service), await anAccount(service)];
    const answer = await ask({ new_email: holder.email.toUpperCase() }, bearer(await signIn(service, owner)));
    expect([answer.statusCode, answer.body]).toEqual([204, '']);
    const [mail] = await service.mailsTo(holder.email);
    expect(mail?.subject).toContain('Somebody asked to use your address');
    expect(mail?.text).not.toMatch(/ticket=|token=/);
    const sql = `SELECT count(*)::int AS count FROM tickets WHERE purpose = 'change-email' AND subject = $1`;
    expect(await service.database.dataSource.query(sql, [holder.email])).toEqual([{ count: 0 }]);
  });

  it('refuses nobody’s request, a bad address, and one without a recent proof', async () => {
    const tokens = await signIn(service, await anAccount(service));
    const body = { new_email: aPerson().email };
    expect(problemOf(await ask(body))).toEqual({ status: 401, code: 'invalid-token' });
    for (const new_email of [
      undefined,
      null,
      7,
      '',
      'hello',
      'a@b@c',
      'x\0@example.com',
      'x@example.com\r\nBcc: y@z',
    ]) {
      expect(problemOf(await ask({ new_email }, bearer(tokens)))).toEqual({
        status: 400,
        code: 'validation',
        fields: ['new_email'],
      });
    }
    expect(problemOf(await ask({ ...body, email: 'x' }, bearer(tokens)))).toMatchObject({ fields: ['email'] });
    const old = await anOldSession(service, tokens);
    expect(problemOf(await ask(body, bearer(old)))).toEqual({ status: 403, code: 'reauthentication-required' });
  });
});

describe('POST /auth/change-email/change', () => {
  it('answers 204: the address is another, proved; the session that asked goes on, the others end', async () => {
    const [owner, { email: next }] = [await anAccount(service, { username: 'Mover' }), aPerson()];
    const [tokens, other] = [await signIn(service, owner), await signIn(service, owner)];
    const ticket = await emailTicket(service, tokens, next.toUpperCase().replace('@EXAMPLE.COM', '@Example.com'));
    const answer = await change(ticket);
    expect([answer.statusCode, answer.body, answer.headers['set-cookie']]).toEqual([204, '', undefined]);
    const me = (await service.get('/user/me', bearer(tokens))).json<{ email: string }>();
    expect(me).toMatchObject({ email_verified: true, username: 'Mover' });
    expect(me.email.toLowerCase()).toBe(next);
    expect(problemOf(await service.get('/user/me', bearer(other)))).toEqual({ status: 401, code: 'session-ended' });
    await signIn(service, { ...owner, email: next });
    const former = await service.post('/auth/login', { email: owner.email, password: owner.password });
    expect(problemOf(former)).toEqual({ status: 401, code: 'invalid-credentials' });
  });

  it('the next access token says the new address', async () => {
    const [owner, { email: next }] = [await anAccount(service), aPerson()];
    const tokens = await signIn(service, owner);
    await change(await emailTicket(service, tokens, next));
    const fresh = tokensIn(await service.post('/auth/token/refresh', { refresh_token: tokens.refresh }));
    const claims = JSON.parse(Buffer.from(fresh.access.split('.')[1] ?? '', 'base64url').toString()) as object;
    expect(claims).toMatchObject({ email: next, email_verified: true });
  });

  it('tells the old address, with a link to undo it', async () => {
    const [owner, { email: next }] = [await anAccount(service), aPerson()];
    await change(await emailTicket(service, await signIn(service, owner), next));
    const [mail] = await service.mailsTo(owner.email);
    expect([mail?.subject, mail?.text]).toEqual([
      expect.stringContaining('address at Latchkey was changed'),
      expect.stringMatching(/\/undo\?token=[\w-]+\n/),
    ]);
    expect(mail?.text).not.toContain(next);
  });

  it('needs no session: the mail may be read in another browser', async () => {
    const [owner, { email: next }] = [await anAccount(service), aPerson()];
    const ticket = await emailTicket(service, await signIn(service, owner), next);
    const page = await service.get(`/change-email?ticket=${ticket}`);
    expect([page.statusCode, page.body]).toEqual([200, expect.stringContaining('Use this address')]);
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    const send = (password: string) => {
      const payload = new URLSearchParams({ ticket, password }).toString();
      return service.inject({ method: 'POST', url: '/change-email', headers, payload });
    };
    // so that whoever owns the mailbox does not give a stranger’s account his address by a click
    for (const wrong of ['', 'not the password']) expect((await send(wrong)).statusCode).toBe(400);
    expect((await send(owner.password)).body).toContain('Your address is changed');
    const again = await send(owner.password);
    expect([again.statusCode, again.body]).toEqual([400, expect.stringContaining('not valid any more')]);
    await signIn(service, { ...owner, email: next });
  });

  it('refuses what is unknown, used, expired, malformed, or of another kind', async () => {
    const owner = await anAccount(service);
    const tokens = await signIn(service, owner);
    const used = await emailTicket(service, tokens, aPerson().email);
    expect((await change(used)).statusCode).toBe(204);
    const expired = await emailTicket(service, tokens, aPerson().email);
    service.clock.advanceSeconds(3600);
    const person = aPerson();
    await register(service, person);
    const foreign = await newestTicket(service, person, 'activate');
    for (const ticket of [used, expired, foreign, 'unknown', '', 7, 'x'.repeat(257), '\ud800']) {
      expect(problemOf(await change(ticket))).toEqual(INVALID_TICKET);
    }
    expect(problemOf(await service.post('/auth/change-email/change', {}))).toEqual({
      status: 400,
      code: 'validation',
      fields: ['ticket'],
    });
  });

  it('a change voids the tickets of every other one, and of a reset', async () => {
    const owner = await anAccount(service);
    const tokens = await signIn(service, owner);
    const [other, reset] = [await emailTicket(service, tokens, aPerson().email), await resetTicket(service, owner)];
    expect((await change(await emailTicket(service, tokens, aPerson().email))).statusCode).toBe(204);
    expect(problemOf(await change(other))).toEqual(INVALID_TICKET);
    const body = { ticket: reset, new_password: 'another password' };
    expect(problemOf(await service.post('/auth/change-password/change', body))).toEqual(INVALID_TICKET);
  });

  it('somebody who proves the address first keeps it', async () => {
    const [owner, winner] = [await anAccount(service), aPerson()];
    const ticket = await emailTicket(service, await signIn(service, owner), winner.email);
    await register(service, winner);
    const activation = await newestTicket(service, winner, 'activate');
    expect((await service.post('/auth/activate', { ticket: activation })).statusCode).toBe(204);
    expect(problemOf(await change(ticket))).toEqual(INVALID_TICKET);
    await signIn(service, winner);
    await signIn(service, owner);
  });

  it('an account that held the address unproved goes', async () => {
    const { database, clock, dataDir } = service;
    const automatic = await startDescribedApp({ database, clock, dataDir, environment: { AUTO_ACTIVATE: 'true' } });
    const [owner, squatter] = [await anAccount(service), aPerson()];
    await register(automatic, squatter);
    const theirs = await signIn(automatic, squatter);
    const tokens = await signIn(service, owner);
    expect((await change(await emailTicket(service, tokens, squatter.email))).statusCode).toBe(204);
    expect(problemOf(await service.get('/user/me', bearer(theirs)))).toEqual({ status: 401, code: 'session-ended' });
    expect((await service.get('/user/me', bearer(tokens))).json()).toMatchObject({ email: squatter.email });
    await automatic.close();
  });

  it('the former address is free, and the second factor stays', async () => {
    const { owner, tokens, secret } = await aSecuredAccount(service);
    const { email: next } = aPerson();
    expect((await change(await emailTicket(service, tokens, next))).statusCode).toBe(204);
    await signIn(service, await anAccount(service, { email: owner.email }));
    await signInWithCode(service, { ...owner, email: next }, await freshCode(service, secret));
  });

  it('an account may change how its own address is written', async () => {
    const owner = await anAccount(service);
    const tokens = await signIn(service, owner);
    const ticket = await emailTicket(service, tokens, owner.email.replace('person', 'Person'));
    expect((await change(ticket)).statusCode).toBe(204);
    expect((await service.get('/user/me', bearer(tokens))).json<{ email: string }>().email).toMatch(/^[Pp]erson/);
  });
});
