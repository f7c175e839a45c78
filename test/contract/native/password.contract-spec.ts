import { aPerson, anAccount, bearer, logIn, register, resetTicket, signIn, ticketsOf } from '../../support/accounts';
import { problemOf } from '../../support/problem';
import { startDescribedApp } from '../../support/described-app';
import type { TestApp } from '../../support/test-app';

let service: TestApp;
beforeAll(async () => {
  service = await startDescribedApp();
});
afterAll(() => service.close());

const NEW = 'another password';
const INVALID_TICKET = { status: 401, code: 'invalid-ticket' };
const change = (body: object, headers = {}) => service.post('/auth/change-password/change', body, headers);
const request = (body: object) => service.post('/auth/change-password/request', body);

describe('POST /auth/change-password/request', () => {
  it('mails a ticket to an account and to a pending registration, and nothing to anybody else', async () => {
    const [owner, pending, nobody] = [await anAccount(service), aPerson(), aPerson()];
    await register(service, pending);
    for (const { email } of [owner, pending, nobody]) {
      const answer = await request({ email });
      expect([answer.statusCode, answer.body]).toEqual([204, '']);
    }
    expect((await ticketsOf(service, owner))[0]?.page).toBe('reset-password');
    expect((await ticketsOf(service, pending))[0]?.page).toBe('reset-password');
    expect(await ticketsOf(service, nobody)).toEqual([]);
  });

  it('mails the address on file, however the request spells it', async () => {
    const owner = await anAccount(service);
    await request({ email: owner.email.toUpperCase() });
    const [mail] = await service.mailsTo(owner.email);
    expect([mail?.to, mail?.text]).toEqual([owner.email, expect.stringMatching(/\/reset-password\?token=/)]);
  });
});

// the document prints the second under “Forgotten password”: a slip, and accepted
describe.each(['/auth/change-password/change', '/auth/change-password/request'])(
  'POST %s {ticket, new_password}',
  (url) => {
    it('sets the password, and gives this browser its device', async () => {
      const owner = await anAccount(service);
      const answer = await service.post(url, { ticket: await resetTicket(service, owner), new_password: NEW });
      expect([answer.statusCode, answer.body]).toEqual([204, '']);
      expect([answer.headers['set-cookie']].flat().sort()).toEqual([
        expect.stringMatching(/^device=[\w.-]+; Max-Age=31536000; Path=\/; HttpOnly; SameSite=Lax$/),
        ...['refresh_token', 'sv_at', 'sv_rt'].map((name) => expect.stringContaining(`${name}=; Max-Age=0; Path=/;`)),
      ]);
      expect(answer.headers['x-device-token']).toEqual(expect.any(String));
      expect(problemOf(await logIn(service, owner))).toMatchObject({ code: 'invalid-credentials' });
      await signIn(service, { ...owner, password: NEW });
    });

    it('refuses what is unknown, used, or expired, whatever the new password', async () => {
      const owner = await anAccount(service);
      const [used, late] = [await resetTicket(service, owner), '6a135423-85c8-4c99-b9ca-3a0108202255'];
      await service.post(url, { ticket: used, new_password: NEW });
      const expired = await resetTicket(service, owner);
      service.clock.advanceSeconds(30 * 60);
      for (const ticket of [used, late, expired]) {
        for (const new_password of [NEW, 'short']) {
          expect(problemOf(await service.post(url, { ticket, new_password }))).toEqual(INVALID_TICKET);
        }
      }
    });

    it('is not spent by a password that is too short', async () => {
      const ticket = await resetTicket(service, await anAccount(service));
      const refused = await service.post(url, { ticket, new_password: 'short' });
      expect(problemOf(refused)).toEqual({ status: 400, code: 'validation', fields: ['new_password'] });
      expect((await service.post(url, { ticket, new_password: NEW })).statusCode).toBe(204);
    });
  },
);

describe('what follows a spent reset ticket', () => {
  it('every session ends, every older ticket is void, the owner is told', async () => {
    const owner = await anAccount(service);
    const sessions = [await signIn(service, owner), await signIn(service, owner)];
    const older = await resetTicket(service, owner);
    await change({ ticket: await resetTicket(service, owner), new_password: NEW });
    for (const tokens of sessions) {
      expect(problemOf(await service.get('/user/me', bearer(tokens)))).toEqual({ status: 401, code: 'session-ended' });
    }
    expect(problemOf(await change({ ticket: older, new_password: NEW }))).toEqual(INVALID_TICKET);
    expect((await service.mailsTo(owner.email))[0]?.subject).toContain('password was set');
  });

  it('devices stay known unless asked otherwise', async () => {
    const owner = await anAccount(service);
    const devices = async () => {
      const sql = `SELECT count(*)::int AS count FROM devices JOIN users ON users.id = user_id WHERE email = $1`;
      const [row] = await service.database.dataSource.query<{ count: number }[]>(sql, [owner.email]);
      return row?.count;
    };
    await signIn(service, owner);
    expect(await devices()).toBe(2);
    await change({ ticket: await resetTicket(service, owner), new_password: NEW });
    expect(await devices()).toBe(3);
    await change({ ticket: await resetTicket(service, owner), new_password: NEW, forget_devices: true });
    expect(await devices()).toBe(1); // the browser that spent the ticket
  });
});

describe('POST /auth/change-password/change {old_password, new_password}', () => {
  it('sets the password; this session goes on, the others end, the owner is told', async () => {
    const owner = await anAccount(service);
    const [current, other] = [await signIn(service, owner), await signIn(service, owner)];
    const ticket = await resetTicket(service, owner);
    const answer = await change({ old_password: owner.password, new_password: NEW }, bearer(current));
    expect([answer.statusCode, answer.body, answer.headers['set-cookie']]).toEqual([204, '', undefined]);
    expect((await service.get('/user/me', bearer(current))).statusCode).toBe(200);
    expect(problemOf(await service.get('/user/me', bearer(other)))).toEqual({ status: 401, code: 'session-ended' });
    expect(problemOf(await change({ ticket, new_password: NEW }))).toEqual(INVALID_TICKET);
    await signIn(service, { ...owner, password: NEW });
    expect((await service.mailsTo(owner.email))[0]?.subject).toContain('was changed');
  });

  it('refuses a wrong old password, a bad new one, and nobody’s request', async () => {
    const owner = await anAccount(service);
    const headers = bearer(await signIn(service, owner));
    const body = { old_password: owner.password, new_password: NEW };
    expect(problemOf(await change({ ...body, old_password: 'wrong' }, headers))).toEqual({
      status: 401,
      code: 'invalid-credentials',
    });
    expect(problemOf(await change({ ...body, new_password: 'short' }, headers))).toEqual({
      status: 400,
      code: 'validation',
      fields: ['new_password'],
    });
    expect(problemOf(await change(body))).toEqual({ status: 401, code: 'invalid-token' });
    await signIn(service, owner);
  });

  it('a stale access token does not spoil a mailed ticket', async () => {
    const ticket = await resetTicket(service, await anAccount(service));
    const answer = await change({ ticket, new_password: NEW }, { authorization: 'Bearer stale' });
    expect(answer.statusCode).toBe(204);
  });
});
