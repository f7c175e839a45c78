import { aPerson, bearer, newestTicket, register, resetTicket, signIn, type Person } from '../support/accounts';
import { startTestApp, type TestApp } from '../support/test-app';

let service: TestApp & { readonly dataDir: string };
let automatic: TestApp;
beforeAll(async () => {
  service = await startTestApp();
  const { database, clock, dataDir } = service;
  automatic = await startTestApp({ database, clock, dataDir, environment: { AUTO_ACTIVATE: 'true' } });
});
afterAll(async () => {
  await automatic.close();
  await service.close();
});

async function activate(person: Person): Promise<void> {
  const ticket = await newestTicket(service, person, 'activate');
  expect((await service.post('/auth/activate', { ticket })).statusCode).toBe(204);
}

async function usernameOf(person: Person): Promise<string | null> {
  const me = await service.get('/user/me', bearer(await signIn(service, person)));
  return me.json<{ username: string | null }>().username;
}

it.each([
  ['the first to register', 0],
  ['the last to register', 1],
])('whoever proves first gets the username, be it %s; the other goes without', async (_who, first) => {
  const username = `wanted${String(first)}`;
  const people = [aPerson({ username }), aPerson({ username: username.toUpperCase() })];
  for (const person of people) await register(service, person);
  const [winner, loser] = first === 0 ? people : [...people].reverse();
  await activate(winner!);
  await activate(loser!);
  expect([await usernameOf(winner!), await usernameOf(loser!)]).toEqual([winner?.username, null]);
});

it('a stranger’s registration of one’s address holds no username', async () => {
  const email = 'mine@example.com';
  await register(service, { email, password: 'the stranger’s', username: 'marion' });
  const mine = { email, password: 'my own password', username: 'marion' };
  await register(service, mine);
  await activate(mine);
  expect(await usernameOf(mine)).toBe('marion');
});

it('the username of a registration that waited goes with the account that a link made', async () => {
  const person = aPerson({ username: 'waiting' });
  await register(service, person);
  const body = { ticket: await resetTicket(service, person), new_password: person.password };
  await service.post('/auth/change-password/change', body);
  expect(await usernameOf(person)).toBe('waiting');
  const taken = await service.post('/auth/register', aPerson({ username: 'waiting' }));
  expect(taken.json()).toMatchObject({ status: 409, code: 'username-taken' });
});

it('an account that is taken over by a link keeps its username, which may be its owner’s own', async () => {
  const stranger = aPerson({ username: 'usurper' });
  await register(automatic, stranger);
  const owner = { ...stranger, password: 'my own password' };
  const body = { ticket: await resetTicket(service, owner), new_password: owner.password };
  expect((await service.post('/auth/change-password/change', body)).statusCode).toBe(204);
  expect(await usernameOf(owner)).toBe('usurper');
});

it('an account that is taken over by an activation has the username of that registration, or none', async () => {
  const stranger = aPerson({ username: 'squatter' });
  await register(automatic, stranger);
  const owner = { email: stranger.email, password: 'my own password' };
  await register(service, owner);
  await activate(owner);
  expect(await usernameOf(owner)).toBeNull();
});
