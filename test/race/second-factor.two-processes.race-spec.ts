import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import speakeasy from 'speakeasy';
import { statement } from '../../src/database/database.service';
import {
  bearer,
  createAccount,
  expectStatus,
  PASSWORD,
  signIn,
  tokensOf,
  type Tokens,
} from '../support/account-client';
import { ServiceProcess } from '../support/service-process';
import { createTestDatabase, type TestDatabase } from '../support/test-database';
import { atOnce, tally } from '../support/two-processes';

const TIMES = 50;
/** Eight of one account at each process: more are refused for their number. */
const TIMES_SIGNED_IN = 16;
const STEP_SECONDS = 30;

/** Somebody with a second factor, and a session of his from before. */
interface Owner {
  readonly email: string;
  readonly secret: string;
  readonly tokens: Tokens;
}

describe('two processes on one database', () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'latchkey-factor-'));
  let database: TestDatabase;
  let services: [ServiceProcess, ServiceProcess];
  let count = 0;

  beforeAll(async () => {
    database = await createTestDatabase();
    const environment = { DATABASE_URL: database.url, PUBLIC_URL: 'http://localhost', LOCKOUT_ATTEMPTS: '100' };
    const start = (): Promise<ServiceProcess> => ServiceProcess.start({ dataDir, environment });
    services = await Promise.all([start(), start()]);
  });

  afterAll(async () => {
    await Promise.all(services.map((service) => service.stop()));
    await database.drop();
    rmSync(dataDir, { recursive: true, force: true });
  });

  const at = (index: number): ServiceProcess => services[index % 2 === 0 ? 0 : 1];

  /** `stepsAhead` 1: a code that is accepted already and was not used to enable the factor. */
  const codeOf = (secret: string, stepsAhead: 0 | 1): string =>
    speakeasy.totp({ secret, encoding: 'base32', time: Date.now() / 1000 + stepsAhead * STEP_SECONDS });

  async function generate(): Promise<Owner> {
    const email = `owner-${(count += 1)}@example.org`;
    await createAccount(services[0], email);
    const tokens = await signIn(services[0], email);
    const answer = await expectStatus(services[0].post('/auth/mfa/generate', undefined, bearer(tokens)), 200);
    const { otp_secret: secret } = (await answer.json()) as { otp_secret: string };
    return { email, secret, tokens };
  }

  async function anOwner(): Promise<Owner> {
    const owner = await generate();
    const code = codeOf(owner.secret, 0);
    await expectStatus(services[1].post('/auth/mfa/enable', { code }, bearer(owner.tokens)), 204);
    return owner;
  }

  async function recoveryCodesOf({ tokens }: Owner): Promise<string[]> {
    const answer = await expectStatus(services[0].post('/auth/mfa/recovery-codes', undefined, bearer(tokens)), 200);
    return ((await answer.json()) as { recovery_codes: string[] }).recovery_codes;
  }

  async function countRecoveryCodes(): Promise<number> {
    const { rows } = await statement<{ left: number }>(
      database.database.pool,
      `SELECT count(*)::int AS left FROM recovery_codes r JOIN users u ON u.id = r.user_id WHERE u.email = $1`,
      [`owner-${count}@example.org`],
    );
    return rows[0]?.left ?? 0;
  }

  const logIn = (index: number, { email }: Owner, code?: string): Promise<Response> =>
    at(index).post('/auth/login', {
      email,
      password: PASSWORD,
      cookie: false,
      ...(code === undefined ? {} : { totp_code: code }),
    });

  async function ticketOf(owner: Owner, index = 0): Promise<string> {
    const answer = await expectStatus(logIn(index, owner), 200);
    return ((await answer.json()) as { ticket: string }).ticket;
  }

  const finish = (index: number, ticket: string, code: string): Promise<Response> =>
    at(index).post('/auth/mfa/totp', { ticket, code });

  /** How often each came: a status, or the code of what was refused. */
  const outcomesOf = async (answers: readonly Response[]): Promise<Record<string, number>> =>
    tally(
      await Promise.all(
        answers.map(async (answer) =>
          answer.ok ? answer.status : ((await answer.clone().json()) as { code: string }).code,
        ),
      ),
    );

  /** The one that came through is signed in, in both processes. */
  async function expectOneSession(answers: readonly Response[]): Promise<void> {
    const tokens = await tokensOf(answers.find(({ ok }) => ok)!);
    for (const service of services) await expectStatus(service.get('/user/me', bearer(tokens)), 200);
  }

  it('take one TOTP code once, for 50 sign-ins that each wait for one', async () => {
    const owner = await anOwner();
    const tickets = await atOnce(TIMES, (index) => ticketOf(owner, index));
    const code = codeOf(owner.secret, 1);
    const answers = await atOnce(TIMES, (index) => finish(index, tickets[index]!, code));
    expect(await outcomesOf(answers)).toEqual({ 200: 1, 'invalid-code': TIMES - 1 });
    await expectOneSession(answers);
  });

  it('take one TOTP code once, of 50 sign-ins that bring it along', async () => {
    const owner = await anOwner();
    const code = codeOf(owner.secret, 1);
    const answers = await atOnce(TIMES, (index) => logIn(index, owner, code));
    expect(await outcomesOf(answers)).toEqual({ 200: 1, 'invalid-code': TIMES - 1 });
    await expectOneSession(answers);
  });

  it('take one TOTP code once, whichever routes it comes to at the same time', async () => {
    const owner = await anOwner();
    const tickets = await atOnce(TIMES, (index) => ticketOf(owner, index));
    const code = codeOf(owner.secret, 1);
    const reauthenticate = (index: number) =>
      at(index).post('/auth/reauthenticate', { password: PASSWORD, code }, bearer(owner.tokens));
    const answers = await atOnce(TIMES, (index) => {
      const routes = [() => finish(index, tickets[index]!, code), () => logIn(index, owner, code)];
      return (routes[Math.floor(index / 2) % 3] ?? (() => reauthenticate(index)))();
    });
    expect(await outcomesOf(answers)).toEqual({ 200: 1, 'invalid-code': TIMES - 1 });
  });

  it('take one recovery code once, and the others stay good', async () => {
    const owner = await anOwner();
    const [code, other] = await recoveryCodesOf(owner);
    const tickets = await atOnce(TIMES, (index) => ticketOf(owner, index));
    const answers = await atOnce(TIMES, (index) => finish(index, tickets[index]!, code!));
    expect(await outcomesOf(answers)).toEqual({ 200: 1, 'invalid-code': TIMES - 1 });
    await expectOneSession(answers);
    expect(await countRecoveryCodes()).toBe(9);
    await expectStatus(finish(0, await ticketOf(owner), other!), 200);
  });

  it('take one ticket with one code once', async () => {
    const owner = await anOwner();
    const ticket = await ticketOf(owner);
    const code = codeOf(owner.secret, 1);
    const answers = await atOnce(TIMES, (index) => finish(index, ticket, code));
    expect(await outcomesOf(answers)).toEqual({ 200: 1, 'invalid-ticket': TIMES - 1 });
    await expectOneSession(answers);
  });

  it('take one ticket once, whichever of ten right codes comes with it, and spend no other code', async () => {
    const owner = await anOwner();
    const codes = await recoveryCodesOf(owner);
    const ticket = await ticketOf(owner);
    const answers = await atOnce(TIMES, (index) => finish(index, ticket, codes[index % codes.length]!));
    expect(await outcomesOf(answers)).toEqual({ 200: 1, 'invalid-ticket': TIMES - 1 });
    await expectOneSession(answers);
    expect(await countRecoveryCodes()).toBe(9);
  });

  it('judge five wrong codes of one ticket and no more, and the right one comes too late', async () => {
    const owner = await anOwner();
    const [right] = await recoveryCodesOf(owner);
    const ticket = await ticketOf(owner);
    // made like recovery codes: no six digits that might happen to be right
    const answers = await atOnce(TIMES, (index) => finish(index, ticket, `WRONG-${String(index)}`));
    expect(await outcomesOf(answers)).toEqual({ 'invalid-code': 5, 'invalid-ticket': TIMES - 5 });
    const late = await expectStatus(finish(0, ticket, right!), 401);
    await expect(late.json()).resolves.toMatchObject({ code: 'invalid-ticket' });
    await expectStatus(finish(1, await ticketOf(owner), right!), 200);
  });

  it('enable a factor once by one code, and disable it once by another', async () => {
    const owner = await generate();
    const enabling = codeOf(owner.secret, 0);
    const enabled = await atOnce(TIMES_SIGNED_IN, (index) =>
      at(index).post('/auth/mfa/enable', { code: enabling }, bearer(owner.tokens)),
    );
    expect(await outcomesOf(enabled)).toEqual({ 204: 1, 'mfa-already-enabled': TIMES_SIGNED_IN - 1 });
    const disabling = codeOf(owner.secret, 1);
    const disabled = await atOnce(TIMES_SIGNED_IN, (index) =>
      at(index).post('/auth/mfa/disable', { code: disabling }, bearer(owner.tokens)),
    );
    expect(await outcomesOf(disabled)).toEqual({ 204: 1, 'mfa-not-enabled': TIMES_SIGNED_IN - 1 });
  });
});
