import { decodeJwt } from 'jose';
import { anAccount, bearer, signIn, tokensIn, type Tokens } from '../../support/accounts';
import { problemOf } from '../../support/problem';
import { aSecuredAccount, freshCode, replaceRecoveryCodes, wrongCode } from '../../support/second-factor';
import { startDescribedApp } from '../../support/described-app';
import type { TestApp } from '../../support/test-app';

let service: TestApp;
beforeAll(async () => {
  service = await startDescribedApp();
});
afterAll(() => service.close());

const INVALID_CODE = { status: 401, code: 'invalid-code' };

const mfa = (verb: string, body?: unknown, tokens?: Pick<Tokens, 'access'>) =>
  service.post(`/auth/mfa/${verb}`, body, tokens ? bearer(tokens) : {});

describe('POST /auth/reauthenticate, where a second factor is on', () => {
  it('wants a code too', async () => {
    const { owner, tokens, secret } = await aSecuredAccount(service);
    const { password } = owner;
    const send = (body: object) => service.post('/auth/reauthenticate', body, bearer(tokens));
    expect(problemOf(await send({ password }))).toEqual({ status: 401, code: 'mfa-required' });
    expect(problemOf(await send({ password, code: await wrongCode(service, secret) }))).toEqual(INVALID_CODE);
    const code = await freshCode(service, secret);
    expect(problemOf(await send({ password: 'wrong', code }))).toEqual({ status: 401, code: 'invalid-credentials' });
    const answer = await send({ password, code });
    expect([answer.statusCode, answer.json()]).toEqual([
      200,
      { jwt_token: expect.any(String), jwt_expires_in: 900_000 },
    ]);
    expect(decodeJwt(tokensIn(answer).access)).toMatchObject({
      sid: decodeJwt(tokens.access)['sid'],
      auth_time: service.clock.epochSeconds(),
      amr: ['pwd', 'otp'],
    });
    expect(problemOf(await send({ password, code }))).toEqual(INVALID_CODE);
  });

  it('takes a recovery code', async () => {
    const { owner, tokens } = await aSecuredAccount(service);
    const [code] = await replaceRecoveryCodes(service, tokens);
    const answer = await service.post('/auth/reauthenticate', { password: owner.password, code }, bearer(tokens));
    expect(decodeJwt(tokensIn(answer).access)['amr']).toEqual(['pwd', 'recovery']);
  });
});

describe('a body that is wrong names each faulty field', () => {
  it.each<[string, unknown, string[]]>([
    ['enable', {}, ['code']],
    ['enable', { code: 892723 }, ['code']],
    ['enable', { code: '' }, ['code']],
    ['enable', { code: null }, ['code']],
    ['enable', { code: 'x'.repeat(65) }, ['code']],
    ['enable', { code: '８９２７２３' }, ['code']],
    ['enable', { code: '892723\0' }, ['code']],
    ['enable', { code: '892723', secret: 'x' }, ['secret']],
    ['disable', {}, ['code']],
    ['disable', { code: ['109509'] }, ['code']],
    ['totp', {}, ['ticket', 'code']],
    ['totp', { code: '364124' }, ['ticket']],
    ['totp', { ticket: '259878d6-87be-4729-a3cc-53548f7ff72c' }, ['code']],
    ['totp', { ticket: '259878d6-87be-4729-a3cc-53548f7ff72c', code: '364124', cookie: true }, ['cookie']],
  ])('POST /auth/mfa/%s %j', async (verb, body, fields) => {
    const tokens = await signIn(service, await anAccount(service));
    expect(problemOf(await mfa(verb, body, tokens))).toEqual({ status: 400, code: 'validation', fields });
  });

  it('POST /auth/login names totp_code', async () => {
    const { email, password } = await anAccount(service);
    for (const totp_code of [123456, null, '', 'not a code!']) {
      const answer = await service.post('/auth/login', { email, password, totp_code });
      expect(problemOf(answer)).toEqual({ status: 400, code: 'validation', fields: ['totp_code'] });
    }
  });
});
