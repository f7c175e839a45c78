import type { InjectOptions, Response } from 'light-my-request';
import { aPerson } from '../../support/accounts';
import { startDescribedApp } from '../../support/described-app';
import { anOwner, BEHIND_PROXY, CAFE, from, lockOut, newestUnlockLink, guess } from '../../support/lockout-way-back';
import type { TestApp } from '../../support/test-app';

let service: TestApp;
beforeAll(async () => {
  service = await startDescribedApp({ environment: BEHIND_PROXY });
});
afterAll(() => service.close());

const REPORT = '/api/auth/report-failed';
const UNLOCK = '/api/auth/unlock-account';

interface Refusal {
  readonly status: number;
  readonly code: string;
  readonly fields?: readonly string[];
}

/** What an answer refuses, after looking at all that the errors of this contract have in common. */
function refusalOf(answer: Response): Refusal {
  expect(answer.headers['content-type']).toBe('application/json; charset=utf-8');
  expect(answer.headers['cache-control']).toBe('no-store');
  const { error, ...rest } = answer.json<{ error: { code: string; message: string; details?: object } }>();
  expect(rest).toEqual({});
  const { code, message, details, ...more } = error;
  expect([message, more]).toEqual([expect.stringMatching(/\.$/), {}]);
  if (answer.statusCode === 401) expect(answer.headers['www-authenticate']).toBe('Bearer realm="latchkey"');
  else expect(answer.headers['www-authenticate']).toBeUndefined();
  const status = answer.statusCode;
  if (details === undefined) return { status, code };
  const { fields, ...others } = details as { fields: { field: string; message: string }[] };
  expect(others).toEqual({});
  return { status, code, fields: fields.map(({ field }) => field) };
}

const raw = (url: string, payload: string, contentType: string): InjectOptions => ({
  method: 'POST',
  url,
  payload,
  headers: { 'content-type': contentType },
});

describe('POST /api/auth/report-failed', () => {
  it('answers as printed, whoever has the address and whether or not it is locked', async () => {
    const [owner, nobody] = [await anOwner(service), aPerson()];
    for (const person of [owner, nobody]) {
      for (let reports = 0; reports < 12; reports += 1) {
        const answer = await service.post(REPORT, { email: person.email }, from(CAFE));
        expect([answer.statusCode, answer.json()]).toEqual([200, { data: null, message: '' }]);
        expect(answer.cookies).toEqual([]);
      }
      expect((await guess(service, person, from(CAFE))).statusCode).toBe(429);
    }
  });

  it('takes the address in any case, and ignores fields that it does not know', async () => {
    const { email } = await anOwner(service);
    for (let reports = 0; reports < 10; reports += 1) {
      const body = { email: email.toUpperCase(), reason: 'tag mismatch', nested: { a: [1] } };
      expect((await service.post(REPORT, body, from(CAFE))).json()).toEqual({ data: null, message: '' });
    }
    expect((await guess(service, { email }, from(CAFE))).statusCode).toBe(429);
  });

  it.each<[unknown]>([
    [{}],
    [undefined],
    [{ email: '' }],
    [{ email: 'nobody' }],
    [{ email: 7 }],
    [{ email: null }],
    [{ email: ['a@example.com'] }],
    [{ email: 'a\0@example.com' }],
  ])('%j is refused, naming the field', async (body) => {
    const answer = await service.post(REPORT, body);
    expect(refusalOf(answer)).toEqual({ status: 400, code: 'validation', fields: ['email'] });
  });
});

describe('POST /api/auth/unlock-account', () => {
  it('answers as printed, once, and gives the device token by header and cookie', async () => {
    const owner = await anOwner(service);
    await lockOut(service, owner);
    const token = await newestUnlockLink(service, owner);
    const answer = await service.post(UNLOCK, { token, unknown: 'field' }, from(CAFE));
    const message = `Account ${owner.email} unlocked successfully`;
    expect([answer.statusCode, answer.json()]).toEqual([200, { data: null, message }]);
    expect(answer.cookies).toEqual([
      expect.objectContaining({ name: 'device', value: answer.headers['x-device-token'], httpOnly: true, path: '/' }),
    ]);
    const again = await service.post(UNLOCK, { token }, from(CAFE));
    expect(refusalOf(again)).toEqual({ status: 401, code: 'invalid-ticket' });
  });

  it.each<[string, string]>([
    ['unknown', 'QnJpbmcgbWUgdGhlIGhlYWQgb2YgSm9obiB0aGUgQmFwdGlzdA'],
    ['short', 'x'],
    ['odd', '\u0000 ../☃ \ud800'],
    ['of 256 characters', 'x'.repeat(256)],
    ['of 257 characters', 'x'.repeat(257)],
  ])('a token that is %s is 401 like any wrong one', async (_what, token) => {
    expect(refusalOf(await service.post(UNLOCK, { token }))).toEqual({ status: 401, code: 'invalid-ticket' });
  });

  it.each<[unknown]>([[{}], [undefined], [{ token: null }], [{ Token: 'x' }]])(
    '%j is refused, naming the field',
    async (body) => {
      expect(refusalOf(await service.post(UNLOCK, body))).toEqual({
        status: 400,
        code: 'validation',
        fields: ['token'],
      });
    },
  );
});

describe.each([REPORT, UNLOCK])('%s', (url) => {
  it.each<[string, InjectOptions, Refusal]>([
    ['what is no JSON', raw(url, '{"email":', 'application/json'), { status: 400, code: 'malformed-body' }],
    [
      'a form',
      raw(url, 'email=x', 'application/x-www-form-urlencoded'),
      { status: 415, code: 'unsupported-media-type' },
    ],
    ['XML', raw(url, '<email/>', 'application/xml'), { status: 415, code: 'unsupported-media-type' }],
    [
      'a body beyond the limit',
      raw(url, JSON.stringify({ email: 'x'.repeat(3_000_000) }), 'application/json'),
      { status: 413, code: 'too-large' },
    ],
  ])('refuses %s in this contract’s shape', async (_what, request, refusal) => {
    // what goes for every route alike is not described at each
    expect(refusalOf(await service.app.inject(request))).toEqual(refusal);
  });

  it('does nothing on GET and HEAD', async () => {
    expect(refusalOf(await service.get(url))).toEqual({ status: 404, code: 'not-found' });
    expect((await service.inject({ method: 'HEAD', url })).statusCode).toBe(404);
  });

  it('answers with a slash at its end too', async () => {
    expect(refusalOf(await service.post(`${url}/`, {})).code).toBe('validation');
  });
});

it.each(['/api/auth/nothing', '/api/auth/verif', '/api/user/nothing'])(
  '%s is unknown in this contract’s shape',
  async (url) => {
    expect(refusalOf(await service.post(url, {}))).toEqual({ status: 404, code: 'not-found' });
  },
);
