import { luminaProblemOf } from '../../support/lumina-problem';
import { aNamedPerson, aPlainOwner } from '../../support/lumina';
import { startDescribedApp } from '../../support/described-app';
import type { TestApp } from '../../support/test-app';

let service: TestApp;
beforeAll(async () => {
  service = await startDescribedApp();
});
afterAll(() => service.close());

const validation = (...names: string[]) => ({ status: 422, code: 'validation', detail: names[0], names });

const bodies: readonly [string, Record<string, unknown>][] = [
  ['register', { Username: 'nobody', Password: 'Abcd123$', PasswordConfirm: 'Abcd123$' }],
  ['login', { Username: 'nobody', Password: 'Abcd123$' }],
  ['recover-password', { Username: 'nobody', TotpCode: '123456' }],
  [
    'change-password',
    { Username: 'nobody', CurrentPassword: 'x', NewPassword: 'Abcd123$', NewPasswordConfirm: 'Abcd123$' },
  ],
];

describe.each(bodies)('POST /api/v1/auth/%s', (route, body) => {
  const url = `/api/v1/auth/${route}`;

  it('names every field that is missing', async () => {
    const [first = '', ...others] = Object.keys(body).map((field) =>
      field.endsWith('Confirm') ? 'PasswordsNotMatch' : `Invalid${field}`,
    );
    for (const empty of [{}, undefined]) {
      const problem = luminaProblemOf(await service.post(url, empty));
      expect([problem.status, [...(problem.names ?? [])].sort()]).toEqual([422, [first, ...others].sort()]);
    }
  });

  it('names a field that it does not know, and does not go on', async () => {
    const answer = await service.post(url, { ...body, Admin: true });
    expect(luminaProblemOf(answer)).toEqual(validation('UnknownField.Admin'));
  });

  it('refuses a field in two spellings', async () => {
    const answer = await service.post(url, { ...body, username: 'somebody' });
    expect(luminaProblemOf(answer)).toEqual(validation('InvalidUsername'));
    expect(answer.json<{ fields: unknown }>().fields).toEqual([{ field: 'Username', message: 'is there twice' }]);
  });

  it.each([
    ['[]', 422],
    ['"text"', 422],
    ['{"Username":', 400],
    ['{"__proto__":{}}', 400],
    ['{"toString":1}', 422],
  ])('refuses %s', async (payload, status) => {
    const headers = { 'content-type': 'application/json' };
    const answer = await service.inject({ method: 'POST', url, headers, payload });
    expect(luminaProblemOf(answer).status).toBe(status);
  });

  it('answers a name with NUL or half a character like a wrong one', async () => {
    for (const Username of ['nob\0dy', 'nob\ud800dy', { $ne: '' }, ['nobody']]) {
      expect(luminaProblemOf(await service.post(url, { ...body, Username })).names).toContain('InvalidUsername');
    }
  });
});

it.each([
  (name: string) => name.toLowerCase(),
  (name: string) => name.toUpperCase(),
  (name: string) => name.charAt(0).toLowerCase() + name.slice(1),
])('takes field names in any case', async (spell) => {
  const { username, password } = aNamedPerson();
  const spelt = (body: object) => Object.fromEntries(Object.entries(body).map(([name, value]) => [spell(name), value]));
  const post = (route: string, body: object) => service.post(`/api/v1/auth/${route}`, spelt(body));
  const registration = { Username: username, Password: password, PasswordConfirm: password, Use2fa: false };
  expect((await post('register', registration)).statusCode).toBe(201);
  const login = { Username: username, Password: password };
  expect((await post('login', login)).json()).toMatchObject({ Username: username, UsesTotp: false });
  const NewPassword = 'Other123$';
  const change = { Username: username, CurrentPassword: password, NewPassword, NewPasswordConfirm: NewPassword };
  expect((await post('change-password', change)).json()).toEqual({ IsPasswordChanged: true });
  expect(luminaProblemOf(await post('recover-password', { Username: username, TotpCode: '123456' }))).toMatchObject({
    detail: 'InvalidTotpCode',
  });
});

it('a letter that only looks like one when folded is another one', async () => {
  const { username: Username, password: Password } = await aPlainOwner(service);
  const answer = await service.post('/api/v1/auth/login', { Username, Password, ['To\u212Aen']: 1 });
  expect(luminaProblemOf(answer)).toEqual(validation('UnknownField.To\u212Aen'));
});

it.each([null, ''])('a code of %j is none', async (TotpCode) => {
  const { username: Username, password: Password } = await aPlainOwner(service);
  expect((await service.post('/api/v1/auth/login', { Username, Password, TotpCode })).statusCode).toBe(200);
});

it('unknown paths are refused in this shape', async () => {
  expect(luminaProblemOf(await service.get('/api/v1/auth/nothing'))).toEqual({
    status: 404,
    code: 'not-found',
    detail: 'NotFound',
  });
});

it('answers with a trailing slash too', async () => {
  const answer = await service.post('/api/v1/auth/login/', {});
  expect(luminaProblemOf(answer).status).toBe(422);
});

it('a path that is encoded is refused in the shape of the contract that it reaches', async () => {
  expect(luminaProblemOf(await service.post('/api/v1/%61uth/login', {})).status).toBe(422);
});
