import { bearer, expectStatus } from '../support/accounts';
import {
  aNamedOwner,
  changePassword,
  luminaLogin,
  luminaSignIn,
  recover,
  temporaryPassword,
  type NamedOwner,
} from '../support/lumina';
import { luminaProblemOf } from '../support/lumina-problem';
import { BEHIND_PROXY, CAFE, DEN, device, from, HOME } from '../support/lockout-way-back';
import { codeNow, freshCode, wrongCode } from '../support/second-factor';
import { startTestApp, type TestApp } from '../support/test-app';

const HOUR = 3600;
const DAY = 24 * HOUR;

let service: TestApp;
let owner: NamedOwner;
/** Of a sign-in with both factors, from home. */
let tokens: { access: string; device: string };
beforeAll(async () => {
  service = await startTestApp({ environment: BEHIND_PROXY });
});
beforeEach(async () => {
  owner = await aNamedOwner(service);
  const code = await codeNow(service, owner.secret);
  tokens = await luminaSignIn(service, owner, code, from(HOME));
});
afterAll(() => service.close());

/** Wrong codes until one is refused; how many were judged. */
async function guess(headers: Record<string, string>): Promise<number> {
  for (let judged = 0; ; judged += 1) {
    const answer = await recover(service, owner, await wrongCode(service, owner.secret), headers);
    if (answer.statusCode === 429) return judged;
    expect(luminaProblemOf(answer).code).toBe('invalid-code');
  }
}

/** Wrong codes through every hour, until it is closed for long. */
async function close(headers: Record<string, string>): Promise<number[]> {
  const judged: number[] = [];
  for (let hours = 0; hours < 5; hours += 1) {
    judged.push(await guess(headers));
    service.clock.advanceSeconds(HOUR);
  }
  return judged;
}

describe('strangers who guess codes at recover-password', () => {
  it('have five an hour, and twenty until it is closed to them for seven days', async () => {
    expect(await close(from(DEN))).toEqual([5, 5, 5, 5, 0]);
    const answer = await recover(service, owner, await freshCode(service, owner.secret), from(CAFE));
    expect(luminaProblemOf(answer)).toEqual({ status: 429, code: 'locked', detail: 'Locked' });
    expect(Number(answer.headers['retry-after'])).toBeGreaterThan(6 * DAY);
    service.clock.advanceSeconds(7 * DAY);
    expect(await guess(from(DEN))).toBe(5);
  });

  it('close neither a known device nor a known network', async () => {
    await close(from(DEN));
    for (const known of [from(CAFE, device(tokens)), from(HOME)]) {
      expect((await recover(service, owner, await freshCode(service, owner.secret), known)).statusCode).toBe(200);
    }
  });

  it('never touch sign-in, nor its second factor, from anywhere', async () => {
    await close(from(DEN));
    const code = await freshCode(service, owner.secret);
    expect((await luminaLogin(service, owner, code, from(CAFE))).statusCode).toBe(200);
  });

  it('are counted across networks', async () => {
    for (let times = 0; times < 5; times += 1) {
      const headers = from(`198.51.100.${String(times)}`);
      expect(luminaProblemOf(await recover(service, owner, '000000', headers)).status).toBe(422);
    }
    expect((await recover(service, owner, '000000', from(CAFE))).statusCode).toBe(429);
  });
});

describe('a known device that guesses codes at recover-password', () => {
  it('closes recovery to itself alone, and stays a known device', async () => {
    const own = from(CAFE, device(tokens));
    expect(await close(own)).toEqual([5, 5, 5, 5, 0]);
    const code = await freshCode(service, owner.secret);
    expect((await recover(service, owner, code, own)).statusCode).toBe(429);
    expect((await recover(service, owner, code, from(CAFE))).statusCode).toBe(200);
    const known = await service.get(
      '/auth/devices',
      bearer(await luminaSignIn(service, owner, await freshCode(service, owner.secret), own)),
    );
    expect(known.json<{ current: boolean }[]>().filter(({ current }) => current)).toHaveLength(1);
  });

  it('has its failures forgotten with a right code', async () => {
    const own = from(CAFE, device(tokens));
    for (let times = 0; times < 4; times += 1) await recover(service, owner, '000000', own);
    await temporaryPasswordFrom(own);
    expect(await guess(own)).toBe(5);
  });

  const temporaryPasswordFrom = async (headers: Record<string, string>) => {
    expectStatus(await recover(service, owner, await freshCode(service, owner.secret), headers), 200);
  };
});

describe('a locked sign-in', () => {
  it('does not close recovery, and the temporary password lets its owner in past the lock', async () => {
    for (let failures = 0; failures < 10; failures += 1) {
      await luminaLogin(service, { ...owner, password: 'wrong' }, undefined, from(DEN));
    }
    const locked = await luminaLogin(service, owner, undefined, from(CAFE));
    expect(luminaProblemOf(locked)).toEqual({ status: 429, code: 'locked', detail: 'Locked' });
    const password = await temporaryPassword(service, owner, await freshCode(service, owner.secret));
    const changed = await changePassword(service, { ...owner, password }, '123$Abcd', { headers: from(CAFE) });
    expectStatus(changed, 200);
    const again = { ...owner, password: '123$Abcd' };
    const code = await freshCode(service, owner.secret);
    expect((await luminaLogin(service, again, code, from(CAFE))).statusCode).toBe(200);
    expect((await luminaLogin(service, again, code, from(DEN))).statusCode).toBe(429);
  });

  it('refuses changes of password by guessing too, which count in the same bucket', async () => {
    for (let failures = 0; failures < 10; failures += 1) {
      const answer = await changePassword(service, { ...owner, password: 'wrong' }, '123$Abcd', { headers: from(DEN) });
      expect(luminaProblemOf(answer).detail).toBe('InvalidCurrentPassword');
    }
    expect((await changePassword(service, owner, '123$Abcd', { headers: from(DEN) })).statusCode).toBe(429);
    expect((await luminaLogin(service, owner, undefined, from(DEN))).statusCode).toBe(429);
    expect(luminaProblemOf(await luminaLogin(service, owner, undefined, from(HOME))).code).toBe('mfa-required');
  });
});

describe('codes sent along with a password', () => {
  it('count in the second factor’s own bucket, at login and at a change of password alike', async () => {
    const wrong = await wrongCode(service, owner.secret);
    for (let failures = 0; failures < 5; failures += 1) {
      await luminaLogin(service, owner, wrong, from(DEN));
      await changePassword(service, owner, '123$Abcd', { TotpCode: wrong, headers: from(DEN) });
    }
    const code = await freshCode(service, owner.secret);
    expect(luminaProblemOf(await luminaLogin(service, owner, code, from(DEN))).code).toBe('locked');
    const changed = await changePassword(service, owner, '123$Abcd', { TotpCode: code, headers: from(DEN) });
    expect(luminaProblemOf(changed).code).toBe('locked');
    expect((await recover(service, owner, code, from(DEN))).statusCode).toBe(200);
  });
});

it('nothing of it is at rest or in the audit trail', async () => {
  const code = await freshCode(service, owner.secret);
  const password = await temporaryPassword(service, owner, code);
  const { rows } = await dump();
  expect(rows).toContain(owner.id);
  for (const secret of [password, owner.secret, owner.password]) expect(rows).not.toContain(secret);
});

/** Every row of every table, as text. */
async function dump(): Promise<{ rows: string }> {
  const { dataSource } = service.database;
  const tables = await dataSource.query<{ name: string }[]>(
    `SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public'`,
  );
  const texts = await Promise.all(
    tables.map(({ name }) => dataSource.query<{ row: string }[]>(`SELECT t::text AS row FROM ${name} AS t`)),
  );
  return {
    rows: texts
      .flat()
      .map(({ row }) => row)
      .join('\n'),
  };
}
