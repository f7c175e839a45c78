import { startTestApp, type TestApp } from '../support/test-app';

const PASSWORD = 'correct horse battery staple';
const PEOPLE = 8;
const ROUNDS = 5;

let service: TestApp;
beforeAll(async () => {
  service = await startTestApp({ environment: { AUTO_ACTIVATE: 'true' } });
});
afterAll(() => service.close());

async function tokenOf(email: string): Promise<string> {
  const response = await service.post('/auth/login', { email, password: PASSWORD, cookie: false });
  return response.json<{ jwt_token: string }>().jwt_token;
}

async function whoIs(token: string): Promise<string | undefined> {
  const response = await service.get('/user/me', { authorization: `Bearer ${token}` });
  return response.json<{ email?: string }>().email;
}

it('of many first requests at once everybody is who his own token says, and nobody who sent a bad one', async () => {
  const emails = Array.from({ length: PEOPLE }, (_, person) => `person-${person}@example.org`);
  for (const email of emails) await service.post('/auth/register', { email, password: PASSWORD });
  for (let round = 0; round < ROUNDS; round += 1) {
    // new tokens each round: none of their signatures has been checked yet
    const tokens = await Promise.all(emails.map(tokenOf));
    const forged = tokens.map((token) => `${token.slice(0, -8)}AAAAAAAA`);
    const seen = await Promise.all([...tokens, ...forged].map(whoIs));
    expect(seen).toEqual([...emails, ...forged.map(() => undefined)]);
  }
});
