import { startDescribedApp } from '../../support/described-app';
import type { TestApp } from '../../support/test-app';

describe('an account from registration to its end', () => {
  let service: TestApp;

  beforeAll(async () => {
    service = await startDescribedApp();
  });

  afterAll(async () => {
    await service.close();
  });

  it('registers, activates, signs in, refreshes, revokes', async () => {
    const account = { email: 'hello@example.com', password: 'between 6-128 characters' };
    expect((await service.post('/auth/register', account)).statusCode).toBe(204);
    const [mail] = await service.mailsTo(account.email);
    const ticket = /ticket=(\S+)/.exec(mail?.text ?? '')?.[1];
    expect((await service.post('/auth/activate', { ticket })).statusCode).toBe(204);
    const login = await service.post('/auth/login', account);
    expect(login.statusCode).toBe(200);
    expect(login.json()).toEqual({ jwt_token: expect.any(String) as string, jwt_expires_in: 900_000 });
  });
});
