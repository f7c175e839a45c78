import { bearer, tokensIn } from '../../../test/support/accounts';
import { forgetPassword, seal, validateOtp } from '../../../test/support/sealed';
import { reset } from '../../../test/support/takeover';
import { startTestApp, type TestApp } from '../../../test/support/test-app';

const admin = { email: 'Root@Example.com', password: 'between 6-128 characters' };

describe('the role admin', () => {
  let service: TestApp;

  beforeEach(async () => {
    service = await startTestApp({ environment: { ADMIN_EMAILS: 'root@example.com,second@example.com' } });
  });

  afterEach(async () => {
    await service.close();
  });

  const secretIn = async (address: string): Promise<string> => {
    const [mail] = await service.mailsTo(address);
    return /(?:ticket|token)=([\w-]+)/.exec(mail?.text ?? '')?.[1] ?? '';
  };

  const join = async (account: { email: string; password: string }) => {
    await service.post('/auth/register', account);
    expect((await service.post('/auth/activate', { ticket: await secretIn(account.email) })).statusCode).toBe(204);
    const login = await service.post('/auth/login', account);
    return { authorization: `Bearer ${login.json<{ jwt_token: string }>().jwt_token}` };
  };

  const rolesOf = async (headers: { authorization: string }) =>
    (await service.get('/user/me', headers)).json<{ roles: string[] }>().roles;

  it('comes with a listed address, however it is spelled, and with no other', async () => {
    expect(await rolesOf(await join(admin))).toEqual(['admin']);
    expect(await rolesOf(await join({ ...admin, email: 'someone@example.com' }))).toEqual([]);
  });

  it('goes when the address is changed away, and comes with a change to a listed one', async () => {
    const headers = await join(admin);
    for (const [address, roles] of [
      ['private@example.com', []],
      ['second@example.com', ['admin']],
    ] as const) {
      await service.post('/auth/change-email/request', { new_email: address }, headers);
      const change = await service.post('/auth/change-email/change', { ticket: await secretIn(address) });
      expect(change.statusCode).toBe(204);
      expect(await rolesOf(headers)).toEqual(roles);
    }
  });

  it('goes when six digits set the password, as the audit trail tells, and comes back by a mailed link', async () => {
    const { email } = admin;
    expect(await rolesOf(await join(admin))).toEqual(['admin']);
    const { challage, code } = await forgetPassword(service, admin);
    const { uuid: oneTimeToken } = (await validateOtp(service, challage, code ?? '')).json<{ uuid: string }>();
    const byCode = { oneTimeToken, ...(await seal(service, 'by whoever guessed six digits')) };
    expect((await service.post('/auth/reset-password', byCode)).statusCode).toBe(200);
    const rolesBy = async (password: string) =>
      rolesOf(bearer(tokensIn(await service.post('/auth/login', { email, password }))));
    expect(await rolesBy('by whoever guessed six digits')).toEqual([]);
    const events = await service.database.dataSource.query<object[]>(
      `SELECT event FROM audit_events WHERE event = 'admin-suspended'`,
    );
    expect(events).toHaveLength(1);
    await reset(service, email, 'by the link of a mail');
    expect(await rolesBy('by the link of a mail')).toEqual(['admin']);
  });

  it('is not given to an address that nobody proved', async () => {
    const open = await startTestApp({ environment: { AUTO_ACTIVATE: 'true', ADMIN_EMAILS: 'root@example.com' } });
    try {
      await open.post('/auth/register', admin);
      const { jwt_token } = (await open.post('/auth/login', admin)).json<{ jwt_token: string }>();
      const me = await open.get('/user/me', { authorization: `Bearer ${jwt_token}` });
      expect(me.json()).toMatchObject({ email_verified: false, roles: [] });
    } finally {
      await open.close();
    }
  });

  it('is gone after a start without the address on the list', async () => {
    await join(admin);
    const { database, dataDir } = service as TestApp & { dataDir: string };
    const later = await startTestApp({ database, dataDir, environment: { ADMIN_EMAILS: 'second@example.com' } });
    try {
      const { jwt_token } = (await later.post('/auth/login', admin)).json<{ jwt_token: string }>();
      const me = await later.get('/user/me', { authorization: `Bearer ${jwt_token}` });
      expect(me.json()).toMatchObject({ roles: [] });
    } finally {
      await later.close();
    }
  });
});
