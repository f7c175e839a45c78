import type { InjectOptions } from 'light-my-request';
import { aPerson, anAccount, bearer, signIn, type Tokens } from '../support/accounts';
import { answered } from '../support/odd-input/answered';
import { expectUnharmed, startOddService } from '../support/odd-input/odd-suite';
import { refusalIn, type Shape } from '../support/odd-input/refusals';

const ROOT = 'root@example.com';

let started: Awaited<ReturnType<typeof startOddService>>;
let admin: Tokens;
beforeAll(async () => {
  started = await startOddService({ LEGACY_SPELLINGS: 'true', ADMIN_EMAILS: ROOT });
  admin = await signIn(started.service, await anAccount(started.service, { email: ROOT }));
});
afterAll(() => started.service.close());

/** As they stand in a URL. */
const ODD: readonly string[] = [
  ...[
    '%00',
    'a%00b',
    '%ff',
    '%zz',
    '%',
    '%ED%A0%80',
    '%F0%9F%94%91',
    'e%CC%81',
    '%E2%80%AE',
    '%20',
    '+',
    '%0d%0a',
    '%09',
  ],
  ...['null', 'undefined', 'NaN', '-1', '0', '1e308', '9007199254740993', '99999999999999999999', '0x10', 'true', '[]'],
  ...[
    '__proto__',
    'constructor',
    'toString',
    '%7B%7D',
    "'",
    "'%20OR%201=1--",
    '%25',
    '%2e%2e%2fpasswd',
    '..%5c',
    '*',
    ':id',
  ],
  ...[
    '3F0B5A9E-5D53-4B8E-9A51-0D9F4C1D8F10',
    '%7B3f0b5a9e-5d53-4b8e-9a51-0d9f4c1d8f10%7D',
    '3f0b5a9e5d534b8e9a510d9f4c1d8f10',
  ],
  ...[
    '3f0b5a9e-5d53-4b8e-9a51-0d9f4c1d8f1',
    'urn:uuid:3f0b5a9e-5d53-4b8e-9a51-0d9f4c1d8f10',
    'x'.repeat(256),
    'x'.repeat(512),
    'x'.repeat(8000),
  ],
];

async function send(request: InjectOptions, shape: Shape): Promise<void> {
  const answer = await answered(started.service, request);
  try {
    refusalIn(answer, shape);
  } catch (error) {
    throw new Error(`${JSON.stringify(request).slice(0, 600)} was answered ${answer.body.slice(0, 400)}`, {
      cause: error,
    });
  }
}

describe('in a path', () => {
  it.each<['GET' | 'POST' | 'DELETE', string, string, Shape, object | null]>([
    ['DELETE', '/auth/sessions/', '', 'native', null],
    ['DELETE', '/auth/devices/', '', 'native', null],
    ['POST', '/admin/locks/', '/lift', 'native', null],
    ['POST', '/auth/validate-otp/', '', 'sealed', { oneTimePassword: '123456' }],
    ['GET', '/problems/', '', 'page', null],
    ['GET', '/assets/', '', 'page', null],
    ['GET', '/docs/', '', 'page', null],
  ])('%s %s…%s', async (method, before, after, shape, payload) => {
    for (const odd of ODD) {
      const url = `${before}${odd}${after}`;
      await send({ method, url, headers: bearer(admin), ...(payload ? { payload } : {}) }, shape);
    }
  });
});

describe('in a query', () => {
  const person = aPerson();
  const registration = { ...person, username: 'somebody-odd' };
  const choice = { new_password: 'chosen just now', new_password_confirm: 'chosen just now' };

  it.each<['GET' | 'POST', string, string, Shape, object | null]>([
    ['GET', '/auth/activate', 'ticket', 'native', null],
    ['GET', '/auth/token/refresh', 'refresh_token', 'native', null],
    ['POST', '/auth/logout', 'refresh_token', 'native', null],
    ['POST', '/api/v1/register', 'sendEmail', 'claims', registration],
    ['POST', '/api/v1/password-reset-confirm', 'token', 'claims', choice],
    ['GET', '/activate', 'ticket', 'page', null],
    ['GET', '/enrol', 'token', 'page', null],
    ['GET', '/undo', 'token', 'page', null],
    ['GET', '/unlock', 'token', 'page', null],
    ['GET', '/reset-password', 'token', 'page', null],
    ['GET', '/api/v1/verify', 'token', 'claims', null],
    ['GET', '/dev/mailbox', 'to', 'page', null],
    ['GET', '/dev/mailbox.json', 'to', 'native', null],
  ])('%s %s?%s', async (method, path, name, shape, payload) => {
    const queries = [name, `${name}=&${name}=x`, `${name}[]=x`, `${name}[a]=x`, `${name}.a=x`, `%00${name}=x`];
    for (const query of [...ODD.map((odd) => `${name}=${odd}`), ...queries]) {
      const headers = { accept: 'application/json' };
      await send({ method, url: `${path}?${query}`, headers, ...(payload ? { payload } : {}) }, shape);
    }
  });
});

it('leave the service as it was', async () => {
  expect((await started.service.get('/user/me', bearer(admin))).statusCode).toBe(200);
  await expectUnharmed(started.service, started.log);
});
