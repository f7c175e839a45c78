import { decodeJwt } from 'jose';
import { Jobs } from '../../../src/platform/jobs/jobs.service';
import { anAccount, bearer, signIn, tokensIn, type Tokens } from '../../support/accounts';
import { problemOf } from '../../support/problem';
import {
  anOldSession,
  aSecuredAccount,
  codeNow,
  enableTotp,
  freshCode,
  generate,
  replaceRecoveryCodes,
  scan,
  ticketFor,
  wrongCode,
} from '../../support/second-factor';
import { startDescribedApp } from '../../support/described-app';
import type { TestApp } from '../../support/test-app';
import { totpGenerators } from '../../support/totp-generators';

let service: TestApp;
beforeAll(async () => {
  service = await startDescribedApp();
});
afterAll(() => service.close());

const INVALID_TOKEN = { status: 401, code: 'invalid-token' };
const INVALID_CODE = { status: 401, code: 'invalid-code' };
const NOT_ENABLED = { status: 409, code: 'mfa-not-enabled' };
const NOT_RECENT = { status: 403, code: 'reauthentication-required' };

const mfa = (verb: string, body?: unknown, tokens?: Pick<Tokens, 'access'>) =>
  service.post(`/auth/mfa/${verb}`, body, tokens ? bearer(tokens) : {});

describe('POST /auth/mfa/generate', () => {
  it('answers a secret of 160 bits, and a picture that a camera reads the same from', async () => {
    const owner = await anAccount(service);
    const answer = await mfa('generate', undefined, await signIn(service, owner));
    expect([answer.statusCode, answer.headers['cache-control']]).toEqual([200, 'no-store']);
    const body = answer.json<{ image_url: string; otp_secret: string }>();
    expect(body).toEqual({ image_url: expect.any(String), otp_secret: expect.stringMatching(/^[A-Z2-7]{32}$/) });
    const uri = scan(body.image_url);
    expect([uri.protocol, uri.host, decodeURIComponent(uri.pathname)]).toEqual([
      'otpauth:',
      'totp',
      `/Latchkey:${owner.email}`,
    ]);
    expect(Object.fromEntries(uri.searchParams)).toEqual({
      secret: body.otp_secret,
      issuer: 'Latchkey',
      algorithm: 'SHA1',
      digits: '6',
      period: '30',
    });
  });

  it('draws the address as it is, whatever characters it has', async () => {
    const owner = await anAccount(service, { email: 'o’brien+mfa&co=1%41@exämple.com' });
    const answer = await mfa('generate', undefined, await signIn(service, owner));
    const { pathname } = scan(answer.json<{ image_url: string }>().image_url);
    expect(decodeURIComponent(pathname)).toBe(`/Latchkey:${owner.email}`);
  });

  it('changes nothing yet; asked again, only the last secret can be enabled', async () => {
    const owner = await anAccount(service);
    const tokens = await signIn(service, owner);
    const [first, second] = [await generate(service, tokens), await generate(service, tokens)];
    expect(second).not.toBe(first);
    await signIn(service, owner);
    expect(problemOf(await mfa('enable', { code: await freshCode(service, first) }, tokens))).toEqual(INVALID_CODE);
    expect((await mfa('enable', { code: await codeNow(service, second) }, tokens)).statusCode).toBe(204);
  });

  it('refuses nobody’s request, one without a recent proof, and one where a factor is enabled', async () => {
    const { tokens } = await aSecuredAccount(service);
    expect(problemOf(await mfa('generate', undefined))).toEqual(INVALID_TOKEN);
    expect(problemOf(await mfa('generate', undefined, tokens))).toEqual({ status: 409, code: 'mfa-already-enabled' });
    const [other, old] = [await signIn(service, await anAccount(service)), await anOldSession(service, tokens)];
    expect(problemOf(await mfa('generate', undefined, old))).toEqual(NOT_RECENT);
    expect(problemOf(await mfa('generate', undefined, await anOldSession(service, other)))).toEqual(NOT_RECENT);
  });
});

describe('POST /auth/mfa/enable', () => {
  it('answers 204; this session goes on, the others end, the owner is told', async () => {
    const owner = await anAccount(service);
    const [tokens, other] = [await signIn(service, owner), await signIn(service, owner)];
    const answer = await mfa('enable', { code: await freshCode(service, await generate(service, tokens)) }, tokens);
    expect([answer.statusCode, answer.body, answer.headers['set-cookie']]).toEqual([204, '', undefined]);
    const me = await service.get('/user/me', bearer(tokens));
    expect(me.json()).toMatchObject({ mfa_enabled: true });
    expect(problemOf(await service.get('/user/me', bearer(other)))).toEqual({ status: 401, code: 'session-ended' });
    const [mail] = await service.mailsTo(owner.email);
    expect([mail?.subject, mail?.text]).toEqual([
      expect.stringContaining('second factor was added'),
      expect.stringMatching(/\/undo\?token=[\w-]+\n/),
    ]);
  });

  it.each(Object.keys(totpGenerators))('takes the code of %s', async (app) => {
    const owner = await anAccount(service);
    const tokens = await signIn(service, owner);
    const secret = await generate(service, tokens);
    expect((await mfa('enable', { code: await freshCode(service, secret, app) }, tokens)).statusCode).toBe(204);
    const ticket = await ticketFor(service, owner);
    const code = await freshCode(service, secret, app);
    expect((await mfa('totp', { ticket, code })).statusCode).toBe(200);
  });

  it('takes a code as the app shows it, in two groups', async () => {
    const tokens = await signIn(service, await anAccount(service));
    const code = await freshCode(service, await generate(service, tokens));
    expect((await mfa('enable', { code: `${code.slice(0, 3)} ${code.slice(3)}` }, tokens)).statusCode).toBe(204);
  });

  it('spends the code', async () => {
    const { owner, secret } = await aSecuredAccount(service);
    const code = await codeNow(service, secret);
    expect(problemOf(await mfa('totp', { ticket: await ticketFor(service, owner), code }))).toEqual(INVALID_CODE);
  });

  it('refuses, in this order: no recent proof, enabled already, not generated by this session, a wrong code', async () => {
    const owner = await anAccount(service);
    const [tokens, other] = [await signIn(service, owner), await signIn(service, owner)];
    const notGenerated = { status: 409, code: 'mfa-not-generated' };
    expect(problemOf(await mfa('enable', { code: '000000' }))).toEqual(INVALID_TOKEN);
    expect(problemOf(await mfa('enable', { code: '000000' }, tokens))).toEqual(notGenerated);
    const secret = await generate(service, tokens);
    expect(problemOf(await mfa('enable', { code: await codeNow(service, secret) }, other))).toEqual(notGenerated);
    const wrong = { code: await wrongCode(service, secret) };
    expect(problemOf(await mfa('enable', wrong, tokens))).toEqual(INVALID_CODE);
    const code = await codeNow(service, secret);
    expect((await mfa('enable', { code }, tokens)).statusCode).toBe(204);
    const enabled = { status: 409, code: 'mfa-already-enabled' };
    expect(problemOf(await mfa('enable', wrong, tokens))).toEqual(enabled);
    expect(problemOf(await mfa('enable', wrong, await anOldSession(service, tokens)))).toEqual(NOT_RECENT);
  });

  it('a secret that nobody confirmed for a day is forgotten', async () => {
    const owner = await anAccount(service);
    const tokens = await signIn(service, owner);
    const secret = await generate(service, tokens);
    service.clock.advanceSeconds(86_401);
    await service.app.get(Jobs, { strict: false }).runNow('purge-totp');
    const fresh = tokensIn(await service.post('/auth/token/refresh', { refresh_token: tokens.refresh }));
    const again = await service.post('/auth/reauthenticate', { password: owner.password }, bearer(fresh));
    const answer = await mfa('enable', { code: await codeNow(service, secret) }, { ...tokens, ...tokensIn(again) });
    expect(problemOf(answer)).toEqual({ status: 409, code: 'mfa-not-generated' });
  });
});

describe('POST /auth/mfa/recovery-codes', () => {
  it('answers ten codes, each of which signs in once', async () => {
    const { owner, tokens } = await aSecuredAccount(service);
    const answer = await mfa('recovery-codes', undefined, tokens);
    expect([answer.statusCode, answer.headers['cache-control']]).toEqual([200, 'no-store']);
    const { recovery_codes: codes } = answer.json<{ recovery_codes: string[] }>();
    expect(answer.json()).toEqual({
      recovery_codes: Array(10).fill(expect.stringMatching(/^[A-Z2-7]{4}(-[A-Z2-7]{4}){5}$/)),
    });
    expect(new Set(codes).size).toBe(10);
    for (const code of codes) {
      const signedIn = await mfa('totp', { ticket: await ticketFor(service, owner), code });
      expect(decodeJwt(tokensIn(signedIn).access)['amr']).toEqual(['pwd', 'recovery']);
      expect(problemOf(await mfa('totp', { ticket: await ticketFor(service, owner), code }))).toEqual(INVALID_CODE);
    }
  });

  it('a code is the same in small letters, without dashes, with spaces', async () => {
    const { owner, tokens } = await aSecuredAccount(service);
    const [first = '', second = '', third = ''] = await replaceRecoveryCodes(service, tokens);
    for (const code of [first.toLowerCase(), second.replaceAll('-', ''), third.replaceAll('-', ' ')]) {
      expect((await mfa('totp', { ticket: await ticketFor(service, owner), code })).statusCode).toBe(200);
    }
  });

  it('new ones void the former ones; other accounts’ open nothing', async () => {
    const [one, other] = [await aSecuredAccount(service), await aSecuredAccount(service)];
    const [former = ''] = await replaceRecoveryCodes(service, one.tokens);
    const [fresh = ''] = await replaceRecoveryCodes(service, one.tokens);
    const ticket = await ticketFor(service, one.owner);
    expect(problemOf(await mfa('totp', { ticket, code: former }))).toEqual(INVALID_CODE);
    expect(problemOf(await mfa('totp', { ticket: await ticketFor(service, other.owner), code: fresh }))).toEqual(
      INVALID_CODE,
    );
    expect((await mfa('totp', { ticket, code: fresh })).statusCode).toBe(200);
  });

  it('refuses nobody’s request, one without a recent proof, and one where no factor is enabled', async () => {
    const [secured, plain] = [await aSecuredAccount(service), await signIn(service, await anAccount(service))];
    expect(problemOf(await mfa('recovery-codes', undefined))).toEqual(INVALID_TOKEN);
    expect(problemOf(await mfa('recovery-codes', undefined, plain))).toEqual(NOT_ENABLED);
    await generate(service, plain);
    expect(problemOf(await mfa('recovery-codes', undefined, plain))).toEqual(NOT_ENABLED);
    expect(problemOf(await mfa('recovery-codes', undefined, await anOldSession(service, secured.tokens)))).toEqual(
      NOT_RECENT,
    );
    expect(problemOf(await mfa('recovery-codes', undefined, await anOldSession(service, plain)))).toEqual(NOT_RECENT);
  });
});

describe('POST /auth/mfa/disable', () => {
  it('answers 204; one factor is enough again, this session goes on, the others end, the owner is told', async () => {
    const { owner, tokens, secret } = await aSecuredAccount(service);
    const login = { ...owner, totp_code: await freshCode(service, secret), cookie: false };
    const other = tokensIn(await service.post('/auth/login', login));
    const answer = await mfa('disable', { code: await freshCode(service, secret) }, tokens);
    expect([answer.statusCode, answer.body]).toEqual([204, '']);
    expect((await service.get('/user/me', bearer(tokens))).json()).toMatchObject({ mfa_enabled: false });
    expect(problemOf(await service.get('/user/me', bearer(other)))).toEqual({ status: 401, code: 'session-ended' });
    const subjects = (await service.mailsTo(owner.email)).map(({ subject }) => subject);
    expect(subjects).toContainEqual(expect.stringContaining('was removed'));
    expect(decodeJwt((await signIn(service, owner)).access)['amr']).toEqual(['pwd']);
  });

  it('takes a recovery code, and leaves none of them', async () => {
    const { owner, tokens } = await aSecuredAccount(service);
    const [first, second = ''] = await replaceRecoveryCodes(service, tokens);
    expect((await mfa('disable', { code: first }, tokens)).statusCode).toBe(204);
    await enableTotp(service, tokens);
    expect(problemOf(await mfa('totp', { ticket: await ticketFor(service, owner), code: second }))).toEqual(
      INVALID_CODE,
    );
  });

  it('refuses nobody’s request, one where no factor is enabled, and a wrong or used code', async () => {
    const { tokens, secret } = await aSecuredAccount(service);
    const plain = await signIn(service, await anAccount(service));
    expect(problemOf(await mfa('disable', { code: '000000' }))).toEqual(INVALID_TOKEN);
    expect(problemOf(await mfa('disable', { code: '000000' }, plain))).toEqual(NOT_ENABLED);
    await generate(service, plain);
    expect(problemOf(await mfa('disable', { code: '000000' }, plain))).toEqual(NOT_ENABLED);
    for (const code of [await wrongCode(service, secret), await codeNow(service, secret), 'AAAA-BBBB']) {
      expect(problemOf(await mfa('disable', { code }, tokens))).toEqual(INVALID_CODE);
    }
    expect((await service.get('/user/me', bearer(tokens))).json()).toMatchObject({ mfa_enabled: true });
  });

  it('can be enabled anew, with another secret', async () => {
    const { owner, tokens, secret } = await aSecuredAccount(service);
    await mfa('disable', { code: await freshCode(service, secret) }, tokens);
    const fresh = await enableTotp(service, tokens);
    expect(fresh).not.toBe(secret);
    const ticket = await ticketFor(service, owner);
    expect(problemOf(await mfa('totp', { ticket, code: await freshCode(service, secret) }))).toEqual(INVALID_CODE);
    expect((await mfa('totp', { ticket, code: await codeNow(service, fresh) })).statusCode).toBe(200);
  });
});
