import { Database, lockName } from '../../src/database/database.service';
import { Enrolments } from '../../src/core/ticket/enrolments.repository';
import { bearer, expectStatus, newestTicket, ticketsOf } from '../support/accounts';
import {
  aClaimsAccount,
  aClaimsPerson,
  claimsLogin,
  claimsRefresh,
  claimsRegister,
  claimsSignIn,
  claimsTokensIn,
  confirmReset,
  verifyToken,
} from '../support/claims';
import { eventually } from '../support/eventually';
import { full } from '../support/full';
import { atOnce, startTwoProcesses, tally, type TwoProcesses } from '../support/two-processes';
import { aVaultPerson, anIdentifier, enrol, mailedCode, patch } from '../support/vault';

const MANY = full(20, 50);
const ROUNDS = full(5, 20);

let service: TwoProcesses;
beforeAll(async () => {
  service = await startTwoProcesses();
});
afterAll(() => service.close());

const statuses = (answers: readonly { statusCode: number }[]) => tally(answers.map(({ statusCode }) => statusCode));
const accounts = (column: 'email_canonical' | 'username_canonical', value: string) =>
  service.both[0].database.dataSource.query<{ email: string; username: string | null }[]>(
    `SELECT email, username FROM users WHERE ${column} = $1`,
    [value],
  );

async function waitingForNames(): Promise<number> {
  const [row] = await service.both[0].database.dataSource.query<{ count: number }[]>(
    `SELECT count(*)::int AS count FROM pg_locks WHERE locktype = 'advisory' AND NOT granted
       AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`,
  );
  return row?.count ?? 0;
}

describe('registrations at once', () => {
  it('of one address make one account, and all are answered alike', async () => {
    const [first] = service.both;
    const { email } = aClaimsPerson();
    const people = Array.from({ length: MANY }, (_, index) =>
      aClaimsPerson({ email, password: `pass ${String(index)}` }),
    );
    const answers = await Promise.all(people.map((person) => claimsRegister(service.next(), person)));
    expect(statuses(answers)).toEqual({ 201: MANY });
    const made = await accounts('email_canonical', email);
    expect(made).toHaveLength(1);
    const signedIn = [];
    for (const person of people) {
      if ((await claimsLogin(first, person)).statusCode === 200) signedIn.push(person.username);
      await first.database.dataSource.query('TRUNCATE locks');
    }
    expect(signedIn).toEqual([made[0]?.username]);
  });

  it('of one username make one account, and all others are told', async () => {
    const { username } = aClaimsPerson();
    const answers = await atOnce(MANY, (index) =>
      claimsRegister(service.next(), aClaimsPerson({ username: index % 2 === 0 ? username : username.toUpperCase() })),
    );
    expect(statuses(answers)).toEqual({ 201: 1, 409: MANY - 1 });
    expect(await accounts('username_canonical', username)).toHaveLength(1);
  });

  it('of an address in use and of a free one never both get a username', async () => {
    const [first] = service.both;
    const owner = await aClaimsAccount(first);
    for (let round = 0; round < ROUNDS; round += 1) {
      const { username } = aClaimsPerson();
      const people = [aClaimsPerson({ email: owner.email, username }), aClaimsPerson({ username })] as const;
      const [inUse, free] = await Promise.all(people.map((person) => claimsRegister(service.next(), person)));
      // the one of the address in use holds the name for no longer than its own request
      expect(free?.statusCode).toBe(201);
      expect([201, 409]).toContain(inUse?.statusCode);
      expect((await accounts('username_canonical', username)).map(({ email }) => email)).toEqual([people[1].email]);
    }
  });

  it('wait for an enrolment that is proving a mailbox just then, and do not get its username', async () => {
    const [first, second] = service.both;
    const enrolled = aVaultPerson();
    const cookies = await enrol(first, enrolled);
    const otpCode = await mailedCode(first, enrolled);
    const registration = await first.app.get(Database, { strict: false }).transaction(async (tx) => {
      // as a proof does, which has come this far
      await lockName(tx, 'wanted-username', enrolled.username);
      const answer = claimsRegister(second, aClaimsPerson({ username: enrolled.username })).then(({ statusCode }) => ({
        statusCode,
      }));
      await eventually(async () => {
        expect(await waitingForNames()).toBeGreaterThan(0);
      });
      const [ticket] = await tx.query<{ id: string }[]>(
        `SELECT id FROM tickets WHERE purpose = 'enrol' AND payload ->> 'wantedUsername' = $1`,
        [enrolled.username],
      );
      const enrolments = first.app.get(Enrolments, { strict: false });
      const enrolment = await enrolments.hold(tx, String(ticket?.id));
      if (enrolment) await enrolments.prove(tx, enrolment);
      return { answer };
    });
    expect((await registration.answer).statusCode).toBe(409);
    expectStatus(await patch(first, '/api/auth/verif/otp', { otpCode }, cookies), 200);
    expectStatus(await patch(first, '/api/auth/verif/identifier', anIdentifier(), cookies), 200);
  });

  it('and an activation of one address: the proof has it, whichever was first', async () => {
    const [first] = service.both;
    for (let round = 0; round < ROUNDS; round += 1) {
      const person = aClaimsPerson({ password: 'of the owner' });
      const { email, password } = person;
      expectStatus(await first.post('/auth/register', { email, password }), 204);
      const ticket = await newestTicket(first, person, 'activate');
      const stranger = aClaimsPerson({ email, password: 'of the stranger' });
      const answers = await Promise.all([
        service.next().post('/auth/activate', { ticket }),
        claimsRegister(service.next(), stranger),
      ]);
      expect(answers.map(({ statusCode }) => statusCode)).toEqual([204, 201]);
      expect((await claimsLogin(first, stranger)).statusCode).toBe(401);
      expect((await claimsLogin(first, person)).statusCode).toBe(200);
    }
  });
});

describe('password resets at once', () => {
  it('with one token: one succeeds, and its password is the one', async () => {
    const [first] = service.both;
    const { email, username } = await aClaimsAccount(first);
    expectStatus(await first.post('/api/v1/password-reset', { email, username }), 200);
    const token = await newestTicket(first, { email }, 'reset-password');
    const answers = await atOnce(MANY, (index) => confirmReset(service.next(), token, `password ${String(index)}`));
    expect(statuses(answers)).toEqual({ 200: 1, 401: MANY - 1 });
    const winner = answers.findIndex(({ statusCode }) => statusCode === 200);
    await claimsSignIn(first, { email, password: `password ${String(winner)}` });
  });

  it('with two tokens of one account: one succeeds, the other is void', async () => {
    const [first] = service.both;
    for (let round = 0; round < ROUNDS; round += 1) {
      const { email, username } = await aClaimsAccount(first);
      for (let times = 0; times < 2; times += 1) {
        expectStatus(await first.post('/api/v1/password-reset', { email, username }), 200);
        await first.mailsTo(email);
      }
      const tokens = (await ticketsOf(first, { email })).filter(({ page }) => page === 'reset-password');
      expect(tokens).toHaveLength(2);
      const answers = await Promise.all(
        tokens.map(({ secret }, index) => confirmReset(service.next(), secret, `password ${String(index)}`)),
      );
      expect(statuses(answers)).toEqual({ 200: 1, 401: 1 });
    }
  });

  it('and refreshes: no access token that a refresh gave outlives the reset', async () => {
    const [first] = service.both;
    for (let round = 0; round < ROUNDS; round += 1) {
      const person = await aClaimsAccount(first);
      const { email, username } = person;
      const { refresh } = await claimsSignIn(first, person);
      expectStatus(await first.post('/api/v1/password-reset', { email, username }), 200);
      const token = await newestTicket(first, { email }, 'reset-password');
      const [reset, ...refreshed] = await Promise.all([
        confirmReset(service.next(), token, 'the next password'),
        ...Array.from({ length: 10 }, () => claimsRefresh(service.next(), refresh)),
      ]);
      expect(reset.statusCode).toBe(200);
      // at once and in both: this is what other services ask
      for (const process of service.both) {
        for (const answer of refreshed.filter(({ statusCode }) => statusCode === 200)) {
          expect((await verifyToken(process, claimsTokensIn(answer).access)).statusCode).toBe(401);
        }
      }
      for (const answer of refreshed) expect([200, 401]).toContain(answer.statusCode);
      const given = refreshed.filter(({ statusCode }) => statusCode === 200).map(claimsTokensIn);
      for (const { access } of given) {
        for (const process of service.both) {
          await eventually(async () => {
            expect((await process.get('/user/me', bearer({ access }))).statusCode).toBe(401);
          });
        }
      }
      expect((await claimsRefresh(service.next(), refresh)).statusCode).toBe(401);
    }
  });
});

describe('refreshes at once', () => {
  it('of one token in two processes all succeed, and the token stays good', async () => {
    const [first] = service.both;
    const { refresh } = await claimsSignIn(first, await aClaimsAccount(first));
    const answers = await atOnce(MANY, () => claimsRefresh(service.next(), refresh));
    expect(statuses(answers)).toEqual({ 200: MANY });
    for (const answer of answers) {
      expect((await first.get('/api/v1/authorized/me', bearer(claimsTokensIn(answer)))).statusCode).toBe(200);
    }
    expect((await claimsRefresh(service.next(), refresh)).statusCode).toBe(200);
  });

  it('and a logout: after it neither the token nor what it gave is good anywhere', async () => {
    const [first] = service.both;
    for (let round = 0; round < ROUNDS; round += 1) {
      const tokens = await claimsSignIn(first, await aClaimsAccount(first));
      const [logout, ...refreshed] = await Promise.all([
        service.next().post('/api/v1/logout', undefined, bearer(tokens)),
        ...Array.from({ length: 10 }, () => claimsRefresh(service.next(), tokens.refresh)),
      ]);
      expect(logout.statusCode).toBe(200);
      const given = refreshed.filter(({ statusCode }) => statusCode === 200).map(claimsTokensIn);
      for (const { access } of [tokens, ...given]) {
        for (const process of service.both) {
          await eventually(async () => {
            expect((await process.get('/user/me', bearer({ access }))).statusCode).toBe(401);
          });
        }
      }
      for (const process of service.both) {
        expect((await claimsRefresh(process, tokens.refresh)).statusCode).toBe(401);
        expect((await verifyToken(process, tokens.refresh)).statusCode).toBe(401);
      }
    }
  });
});
