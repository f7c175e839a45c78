import { decodeJwt } from 'jose';
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { AppError } from '../../src/kernel/errors/app-error';
import { errorCatalogue, errorCodes } from '../../src/kernel/errors/error-catalogue';
import { anAccount, bearer, expectStatus, logIn, signIn, tokensIn, type Tokens } from '../support/accounts';
import { ApiDescription } from '../support/api-description';
import { startDescribedApp } from '../support/described-app';
import { codeNow, enableTotp, freshCode, wrongCode } from '../support/second-factor';
import { TurnstileErrorPresenter } from '../support/sixth-contract/turnstile-error.presenter';
import { turnstileErrors } from '../support/sixth-contract/turnstile-error-map';
import { TURNSTILE } from '../support/sixth-contract/turnstile';
import { TurnstileModule } from '../support/sixth-contract/turnstile.module';
import { startTestApp, type TestApp } from '../support/test-app';
import { aTurnstileAccount, aVisitor, enter, passIn, refusalOf, type Visitor } from '../support/turnstile';

const plugged = { modules: [TurnstileModule] };

let service: TestApp;
beforeAll(async () => {
  service = await startDescribedApp({ ...plugged, environment: { TRUST_PROXY: '1', PASSWORD_MIN_LENGTH: '8' } });
});
afterAll(() => service.close());

const SESSION_ENDED = { status: 410, code: 'session-ended' };
const INVALID_CREDENTIALS = { status: 403, code: 'invalid-credentials' };
const visitor = (tokens: Pick<Tokens, 'access'>) => service.get('/turnstile/visitor', bearer(tokens));
const from = (ip: string) => ({ 'x-forwarded-for': ip });

describe('a contract that is added', () => {
  it('walks: comes for the first time, is known, leaves, comes again', async () => {
    const person = aVisitor();
    const first = await enter(service, person, { alias: person.username });
    expect(first.json()).toEqual({ pass: expect.any(String), good_for: 20 });
    const seen = await visitor(passIn(first));
    expect(seen.json()).toEqual({
      visitor: decodeJwt(passIn(first).access).sub,
      mail: person.email,
      alias: person.username,
    });
    expectStatus(await service.post('/turnstile/leave', undefined, bearer(passIn(first))), 204);
    expect(refusalOf(await visitor(passIn(first)))).toEqual(SESSION_ENDED);
    expect((await visitor(passIn(await enter(service, person)))).json()).toEqual(seen.json());
  });

  it('has lifetimes of its own', async () => {
    const pass = passIn(await enter(service, await aTurnstileAccount(service)));
    const { iat = 0, exp = 0 } = decodeJwt(pass.access);
    expect(exp - iat).toBe(20 * 60);
    service.clock.advanceSeconds(20 * 60 - 1);
    expect((await visitor(pass)).statusCode).toBe(200);
    service.clock.advanceSeconds(1);
    expect(refusalOf(await visitor(pass))).toEqual({ status: 401, code: 'invalid-token' });
  });

  it('gives a device token, by header and cookie, which counts in the other contracts', async () => {
    const person = await aTurnstileAccount(service);
    const answer = await enter(service, person);
    const { device } = passIn(answer);
    expect([answer.headers['set-cookie']].flat()).toEqual([
      `device=${device}; Max-Age=31536000; Path=/; HttpOnly; SameSite=Lax`,
    ]);
    const again = await logIn(service, person, { 'x-device-token': device });
    expect(decodeJwt(tokensIn(again).device).jti).toBe(decodeJwt(device).jti);
  });

  it('is described by the OpenAPI document', async () => {
    const { operations } = await ApiDescription.of(service);
    expect(operations.filter((operation) => operation.includes('/turnstile'))).toEqual([
      'GET /turnstile/visitor',
      'POST /turnstile/enter',
      'POST /turnstile/leave',
    ]);
  });

  it('is waited with, where addresses have to be proved, as in any contract without an activation', async () => {
    const strict = await startTestApp({ ...plugged, environment: { REQUIRE_VERIFIED_EMAIL: 'true' } });
    const person = aVisitor();
    const answer = await enter(strict, person, { alias: person.username });
    expect(refusalOf(answer)).toEqual({ status: 403, code: 'not-activated' });
    await strict.close();
  });
});

describe('its errors', () => {
  it.each(errorCodes)('%s is in its own shape', (code) => {
    const fields = [{ field: 'phrase', message: 'is wrong' }];
    const error = new AppError(code, { fields, cause: new Error('private') });
    expect(new TurnstileErrorPresenter().present(error)).toEqual({
      status: turnstileErrors[code],
      contentType: 'application/json; charset=utf-8',
      body: { refused: code, because: errorCatalogue[code], fields: ['phrase'] },
    });
  });

  it.each<[string, object | undefined, string[]]>([
    ['nothing', undefined, ['mail', 'phrase']],
    ['no address', { mail: 'x', phrase: 'y' }, ['mail']],
    ['an alias with an @', { mail: 'a@example.com', phrase: 'y', alias: 'a@b' }, ['alias']],
    ['a code that is a number', { mail: 'a@example.com', phrase: 'y', digits: 123456 }, ['digits']],
    ['a field that it does not know', { mail: 'a@example.com', phrase: 'y', password: 'z' }, ['password']],
    ['a phrase that the core finds too short', { mail: 'a@example.com', phrase: '1234567', alias: 'abc' }, ['phrase']],
  ])('name what is wrong with %s', async (_what, body, fields) => {
    const answer = await service.post('/turnstile/enter', body);
    expect(refusalOf(answer)).toEqual({ status: 422, code: 'validation', fields });
  });

  it('come from framework, guards and flows alike', async () => {
    const person = await aTurnstileAccount(service);
    const url = '/turnstile/enter';
    const headers = { 'content-type': 'application/json' };
    const broken = await service.inject({ method: 'POST', url, headers, payload: '{' });
    const xml = await service.inject({ method: 'POST', url, headers: { 'content-type': 'text/xml' }, payload: '<a/>' });
    expect(refusalOf(broken)).toEqual({ status: 400, code: 'malformed-body' });
    expect(refusalOf(xml)).toEqual({ status: 415, code: 'unsupported-media-type' });
    expect(refusalOf(await service.get('/turnstile/%zz'))).toEqual({ status: 400, code: 'bad-url' });
    expect(refusalOf(await service.get('/turnstile/nowhere'))).toEqual({ status: 404, code: 'not-found' });
    const nobody = await service.get('/turnstile/visitor');
    expect(refusalOf(nobody)).toEqual({ status: 401, code: 'invalid-token' });
    expect(nobody.headers['www-authenticate']).toMatch(/^Bearer realm="latchkey"/);
    const taken = await enter(service, aVisitor(), { alias: person.username.toUpperCase() });
    expect(refusalOf(taken)).toEqual({ status: 409, code: 'username-taken' });
  });

  it('do not tell a wrong phrase from an unknown address, or a new one from one in use', async () => {
    const person = await aTurnstileAccount(service);
    const wrong = await enter(service, { ...person, password: 'not this one' });
    const unknown = await enter(service, aVisitor());
    const inUse = await enter(service, aVisitor({ email: person.email, password: 'another one' }), {
      alias: aVisitor().username,
    });
    for (const answer of [wrong, unknown, inUse]) expect(refusalOf(answer)).toEqual(INVALID_CREDENTIALS);
    expect(new Set([wrong, unknown, inUse].map(({ body }) => body)).size).toBe(1);
  });
});

describe('what holds in all contracts holds in it', () => {
  async function aSecuredVisitor(): Promise<{ person: Visitor; secret: string }> {
    const person = await aTurnstileAccount(service);
    return { person, secret: await enableTotp(service, passIn(await enter(service, person))) };
  }

  it('a second factor is asked for: inline, or by a ticket that POST /auth/mfa/totp finishes', async () => {
    const { person, secret } = await aSecuredVisitor();
    const asked = await enter(service, person);
    expect(refusalOf(asked)).toEqual({ status: 428, code: 'mfa-required' });
    expect([asked.cookies, asked.headers['x-device-token']]).toEqual([[], undefined]);
    const wrong = await enter(service, person, { digits: await wrongCode(service, secret) });
    expect(refusalOf(wrong)).toEqual({ status: 403, code: 'invalid-code' });
    const inline = passIn(await enter(service, person, { digits: await freshCode(service, secret) }));
    expect(decodeJwt(inline.access)['amr']).toEqual(['pwd', 'otp']);

    const { ticket } = asked.json<{ ticket: string }>();
    const finished = await service.post('/auth/mfa/totp', { ticket, code: await freshCode(service, secret) });
    expect(finished.json()).toEqual({
      jwt_token: expect.any(String),
      jwt_expires_in: 20 * 60_000,
      device_token: finished.headers['x-device-token'],
    });
    expect(finished.cookies.map(({ name }) => name)).toEqual(['device']);
    expect((await visitor(tokensIn(finished))).statusCode).toBe(200);
    const mine = (await sessionsOf(tokensIn(finished))).find(({ current }) => current);
    expect(mine?.contract).toBe(TURNSTILE);
  });

  it('a session is listed and ended from native, and is refused at once', async () => {
    const person = await aTurnstileAccount(service);
    const [pass, native] = [passIn(await enter(service, person)), await signIn(service, person)];
    const id = decodeJwt(pass.access)['sid'];
    expect(await sessionsOf(native)).toContainEqual(expect.objectContaining({ id, contract: TURNSTILE }));
    const url = `/auth/sessions/${String(id)}`;
    expectStatus(await service.inject({ method: 'DELETE', url, headers: bearer(native) }), 204);
    expect(refusalOf(await visitor(pass))).toEqual(SESSION_ENDED);
  });

  it('guesses count: by strangers for strangers in every contract, and the known device goes on', async () => {
    const person = await anAccount(service);
    const { device } = passIn(await enter(service, person, {}, from('192.0.2.10')));
    for (let guess = 0; guess < 10; guess += 1) {
      const wrong = { ...person, password: `guess ${String(guess)}` };
      expect(refusalOf(await enter(service, wrong, {}, from('198.51.100.66')))).toEqual(INVALID_CREDENTIALS);
    }
    const closed = await enter(service, person, {}, from('203.0.113.5'));
    expect(refusalOf(closed)).toEqual({ status: 423, code: 'locked' });
    expect(Number(closed.headers['retry-after'])).toBeGreaterThan(0);
    expectStatus(await logIn(service, person, from('203.0.113.5')), 429);
    const known = { ...from('203.0.113.5'), 'x-device-token': device };
    expect((await enter(service, person, {}, known)).statusCode).toBe(200);
  });

  it('a code is no way around the phrase', async () => {
    const { person, secret } = await aSecuredVisitor();
    const guess = { ...person, password: 'not this one' };
    const answer = await enter(service, guess, { digits: await codeNow(service, secret) });
    expect(refusalOf(answer)).toEqual(INVALID_CREDENTIALS);
  });

  async function sessionsOf(tokens: Pick<Tokens, 'access'>) {
    const answer = expectStatus(await service.get('/auth/sessions', bearer(tokens)), 200);
    return answer.json<{ id: string; contract: string; current: boolean }[]>();
  }
});

it('nothing under src has heard of it', () => {
  const src = resolve(__dirname, '../../src');
  const files = readdirSync(src, { recursive: true, encoding: 'utf8' }).filter((name) => /\.(ts|js|mjs)$/.test(name));
  expect(files.length).toBeGreaterThan(300);
  expect(files.filter((name) => readFileSync(join(src, name), 'utf8').toLowerCase().includes(TURNSTILE))).toEqual([]);
});

it('without its module there is no such path', async () => {
  const bare = await startTestApp();
  expect((await enter(bare, aVisitor())).json()).toMatchObject({ status: 404, code: 'not-found' });
  await bare.close();
});
