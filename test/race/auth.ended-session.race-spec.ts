import { Client } from 'pg';
import { anAccount, bearer, newestTicket, signIn, type Person, type Tokens } from '../support/accounts';
import { eventually } from '../support/eventually';
import { problemOf } from '../support/problem';
import { startTestApp, type TestApp } from '../support/test-app';

interface Act {
  readonly method: 'POST' | 'PATCH' | 'DELETE';
  readonly url: string;
  readonly payload?: object;
}

const acts: readonly (readonly [string, Act])[] = [
  [
    'asks for another address',
    { method: 'POST', url: '/auth/change-email/request', payload: { new_email: 'thief@example.net' } },
  ],
  ['generates a second factor', { method: 'POST', url: '/auth/mfa/generate' }],
  ['enables a second factor', { method: 'POST', url: '/auth/mfa/enable', payload: { code: '123456' } }],
  ['disables the second factor', { method: 'POST', url: '/auth/mfa/disable', payload: { code: '123456' } }],
  ['makes recovery codes', { method: 'POST', url: '/auth/mfa/recovery-codes' }],
  ['renames the account', { method: 'PATCH', url: '/user/me', payload: { display_name: 'Thief' } }],
  ['signs everybody else out', { method: 'POST', url: '/auth/token/revoke', payload: { others: true } }],
  ['deletes the account', { method: 'POST', url: '/auth/delete' }],
];

describe('a session that ends while its request waits', () => {
  let service: TestApp;
  let owner: Person;
  let stolen: Tokens;
  let ending: Client;

  beforeEach(async () => {
    service = await startTestApp();
    owner = await anAccount(service);
    stolen = await signIn(service, owner);
    ending = new Client({ connectionString: service.database.url });
    await ending.connect();
  });

  afterEach(async () => {
    await ending.end();
    await service.close();
  });

  /** Ends the session as a reset does: under the account's lock, committed while the request is past its guard. */
  const endWhileItWaits = async (act: Act) => {
    await ending.query('BEGIN');
    await ending.query('SELECT 1 FROM users WHERE email = $1 FOR NO KEY UPDATE', [owner.email]);
    const answer = service.inject({ ...act, headers: bearer(stolen) });
    await eventually(async () => {
      const { rows } = await ending.query('SELECT 1 FROM pg_locks WHERE NOT granted');
      if (rows.length === 0) throw new Error('the request has not come to the lock yet');
    });
    await ending.query('DELETE FROM sessions');
    await ending.query('COMMIT');
    return answer;
  };

  it.each(acts)('gets no last act in: %s', async (_what, act) => {
    expect(problemOf(await endWhileItWaits(act))).toMatchObject({ status: 401, code: 'session-ended' });
  });

  it('leaves no ticket that would move the account away', async () => {
    await service.post('/auth/change-email/request', { new_email: 'thief@example.net' }, bearer(stolen));
    const ticket = await newestTicket(service, { email: 'thief@example.net' }, 'change-email');
    const home = await signIn(service, owner);
    await service.post('/auth/token/revoke', { others: true }, bearer(home));
    expect(problemOf(await service.post('/auth/change-email/change', { ticket }))).toMatchObject({
      status: 401,
      code: 'invalid-ticket',
    });
    expect((await service.get('/user/me', bearer(home))).json()).toMatchObject({ email: owner.email });
  });
});
