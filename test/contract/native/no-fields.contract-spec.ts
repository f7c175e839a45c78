import { anAccount, bearer, signIn, type Tokens } from '../../support/accounts';
import { startDescribedApp } from '../../support/described-app';
import type { TestApp } from '../../support/test-app';

describe('routes without fields', () => {
  let service: TestApp;
  let tokens: Tokens;

  beforeAll(async () => {
    service = await startDescribedApp();
    tokens = await signIn(service, await anAccount(service));
  });

  afterAll(async () => {
    await service.close();
  });

  it.each(['/auth/delete', '/auth/mfa/generate', '/auth/mfa/recovery-codes'])(
    '%s refuses a field by name: who sends a password there must not believe that it was checked',
    async (url) => {
      const answer = await service.post(url, { password: 'wrong' }, bearer(tokens));
      expect(answer.statusCode).toBe(400);
      expect(answer.json()).toMatchObject({ errors: [{ field: 'password', message: 'is not known here' }] });
      expect((await service.post(url, [], bearer(tokens))).statusCode).toBe(400);
      expect((await service.get('/user/me', bearer(tokens))).statusCode).toBe(200);
    },
  );
});

describe('POST /auth/register', () => {
  it('names every faulty field at once, the length of the password among them', async () => {
    const service = await startDescribedApp();
    try {
      const answer = await service.post('/auth/register', { email: 'x', password: 'y', username: 'z' });
      const { errors } = answer.json<{ errors: { field: string }[] }>();
      expect(errors.map(({ field }) => field)).toEqual(['email', 'password', 'username']);
    } finally {
      await service.close();
    }
  });
});
