import { aPerson, anAccount, logIn, newestTicket, register, resetTicket, signIn } from '../support/accounts';
import { startTestApp, type TestApp } from '../support/test-app';

let service: TestApp;
beforeAll(async () => {
  service = await startTestApp();
});
afterAll(() => service.close());

it.each([
  ['64 characters of two bytes each', 'пароль'.repeat(11).slice(0, 64)],
  ['128 characters of four bytes each', '🔑'.repeat(128)],
  ['marks, joiners and writing from right to left', 'שלום‍👩‍👩‍👧 e\u0301\u0323 נקודה'],
  ['a NUL in the middle', 'before\0after'],
  ['spaces around', '  spaces around  '],
])('%s: registers, signs in, and changes', async (_what, password) => {
  const person = await anAccount(service, { password });
  await signIn(service, person);
  const new_password = `x${password.replace(/.$/u, '')}`;
  await service.post('/auth/change-password/change', { ticket: await resetTicket(service, person), new_password });
  await signIn(service, { ...person, password: new_password });
  expect((await logIn(service, person)).statusCode).toBe(401);
});

it.each([
  ['after the 72nd byte, where bcrypt ends', `${'x'.repeat(72)}A`, `${'x'.repeat(72)}B`],
  ['in the last of 128 characters', `${'é'.repeat(127)}a`, `${'é'.repeat(127)}b`],
  ['after a NUL, where C ends', 'before\0after', 'before\0other'],
  ['in a space at its end', 'my password', 'my password '],
  ['in case', 'My Password', 'my password'],
  ['in a character beyond ASCII', 'пароль-а', 'пароль-б'],
  ['in being longer', 'x'.repeat(72), 'x'.repeat(73)],
])('a password that differs only %s is refused', async (_what, password, other) => {
  const person = await anAccount(service, { password });
  await signIn(service, person);
  expect((await logIn(service, { ...person, password: other })).statusCode).toBe(401);
});

it.each([
  ['é in one character or two', 'caf\u00e9 noir', 'cafe\u0301 noir'],
  ['full-width letters', 'ｐａｓｓｗｏｒｄ', 'password'],
])('how a keyboard spells it does not count: %s', async (_what, password, same) => {
  const person = await anAccount(service, { password });
  await signIn(service, { ...person, password: same });
});

it('the activation page compares all of it too', async () => {
  const person = aPerson({ password: `${'x'.repeat(100)}A` });
  await register(service, person);
  const ticket = await newestTicket(service, person, 'activate');
  const headers = { 'content-type': 'application/x-www-form-urlencoded' };
  const open = async (password: string) => {
    const payload = new URLSearchParams({ ticket, password }).toString();
    return (await service.inject({ method: 'POST', url: '/activate', headers, payload })).statusCode;
  };
  expect(await open(`${'x'.repeat(100)}B`)).toBe(400);
  expect(await open(person.password)).toBe(200);
});
