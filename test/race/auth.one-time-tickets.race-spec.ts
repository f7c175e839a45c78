import { aPerson, anAccount, newestTicket, register, resetTicket, signIn, ticketsOf } from '../support/accounts';
import { atOnce, startTwoProcesses, tally, type TwoProcesses } from '../support/two-processes';

let service: TwoProcesses;
beforeAll(async () => {
  service = await startTwoProcesses();
});
afterAll(() => service.close());

const accountsOf = (email: string) =>
  service.both[0].database.dataSource.query<{ username: string | null }[]>(
    'SELECT username FROM users WHERE email_canonical = $1',
    [email],
  );

it('of 50 activations of one ticket at once, in two processes, one succeeds', async () => {
  const [first] = service.both;
  const person = aPerson();
  await register(first, person);
  const ticket = await newestTicket(first, person, 'activate');
  const answers = await atOnce(50, () => service.next().post('/auth/activate', { ticket }));
  expect(tally(answers.map(({ statusCode }) => statusCode))).toEqual({ 204: 1, 401: 49 });
  expect(await accountsOf(person.email)).toHaveLength(1);
  await signIn(first, person);
});

it('of 50 resets with one ticket at once, one succeeds, and its password is the one', async () => {
  const [first] = service.both;
  const person = await anAccount(first);
  const ticket = await resetTicket(first, person);
  const answers = await atOnce(50, (index) =>
    service.next().post('/auth/change-password/change', { ticket, new_password: `new password ${String(index)}` }),
  );
  expect(tally(answers.map(({ statusCode }) => statusCode))).toEqual({ 204: 1, 401: 49 });
  const winner = answers.findIndex(({ statusCode }) => statusCode === 204);
  await signIn(first, { ...person, password: `new password ${String(winner)}` });
});

it('of one address registered 4 times and activated at once, one registration becomes the account', async () => {
  const [first] = service.both;
  for (let round = 0; round < 5; round += 1) {
    const person = aPerson();
    for (let index = 0; index < 4; index += 1)
      await register(first, { ...person, password: `password ${String(index)}` });
    const tickets = (await ticketsOf(first, person)).reverse();
    const answers = await Promise.all(
      tickets.map(({ secret }) => service.next().post('/auth/activate', { ticket: secret })),
    );
    expect(tally(answers.map(({ statusCode }) => statusCode))).toEqual({ 204: 1, 401: 3 });
    expect(await accountsOf(person.email)).toHaveLength(1);
  }
});

it('an activation and a reset of one address at once make one account, which one of the passwords opens', async () => {
  const [first] = service.both;
  for (let round = 0; round < 5; round += 1) {
    const person = aPerson();
    await register(first, person);
    const [activation, reset] = [await newestTicket(first, person, 'activate'), await resetTicket(first, person)];
    const answers = await Promise.all([
      service.next().post('/auth/activate', { ticket: activation }),
      service.next().post('/auth/change-password/change', { ticket: reset, new_password: 'chosen by link' }),
    ]);
    expect(tally(answers.map(({ statusCode }) => statusCode))).toEqual({ 204: 1, 401: 1 });
    expect(await accountsOf(person.email)).toHaveLength(1);
    await signIn(first, answers[0].statusCode === 204 ? person : { ...person, password: 'chosen by link' });
  }
});

it('of one username activated by 10 people at once, one gets it and all are activated', async () => {
  const [first] = service.both;
  const people = Array.from({ length: 10 }, () => aPerson({ username: 'popular' }));
  const tickets: string[] = [];
  for (const person of people) {
    await register(first, person);
    tickets.push(await newestTicket(first, person, 'activate'));
  }
  const answers = await Promise.all(tickets.map((ticket) => service.next().post('/auth/activate', { ticket })));
  expect(tally(answers.map(({ statusCode }) => statusCode))).toEqual({ 204: 10 });
  const accounts = (await Promise.all(people.map(({ email }) => accountsOf(email)))).flat();
  expect(tally(accounts.map(({ username }) => username ?? 'none'))).toEqual({ popular: 1, none: 9 });
});
