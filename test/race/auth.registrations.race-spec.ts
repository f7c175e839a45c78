import { aPerson } from '../support/accounts';
import { atOnce, startTwoProcesses, tally, type TwoProcesses } from '../support/two-processes';

let service: TwoProcesses;
beforeAll(async () => {
  service = await startTwoProcesses({ AUTO_ACTIVATE: 'true' });
});
afterAll(() => service.close());

const codes = (answers: readonly { statusCode: number; body: string }[]) =>
  tally(
    answers.map(({ statusCode, body }) => (statusCode === 204 ? 204 : (JSON.parse(body) as { code: string }).code)),
  );

it('of 20 accounts made at once with one username, one is', async () => {
  const answers = await atOnce(20, (index) =>
    service.next().post('/auth/register', aPerson({ username: index % 2 === 0 ? 'Contested' : 'contested' })),
  );
  expect(codes(answers)).toEqual({ 204: 1, 'username-taken': 19 });
});

it('of 20 accounts made at once with one address, one is', async () => {
  const { email, password } = aPerson();
  const answers = await atOnce(20, (index) =>
    service.next().post('/auth/register', { email: index % 2 === 0 ? email : email.toUpperCase(), password }),
  );
  expect(codes(answers)).toEqual({ 204: 1, 'email-taken': 19 });
});
