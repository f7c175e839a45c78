import { HttpAdapterHost } from '@nestjs/core';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { statement } from '../../src/database/database.service';
import { RequestsInFlight } from '../../src/http/budgets/requests-in-flight';
import { anAccount, bearer, expectStatus, signIn, type Person, type Tokens } from '../support/accounts';
import { eventually } from '../support/eventually';
import { Hold } from '../support/hold';
import { startTestApp, type TestApp } from '../support/test-app';

const MOST = 8;

type Response = Awaited<ReturnType<TestApp['inject']>>;

let service: TestApp;
let owner: Person;
let tokens: Tokens;
let inFlight: RequestsInFlight;

beforeAll(async () => {
  service = await startTestApp();
  inFlight = service.app.get(RequestsInFlight, { strict: false });
});
afterAll(() => service.close());
beforeEach(async () => {
  owner = await anAccount(service);
  tokens = await signIn(service, owner);
});

const rename = (name: string, by = tokens): Promise<Response> =>
  service.inject({ method: 'PATCH', url: '/user/me', headers: bearer(by), payload: { display_name: name } });
const times = <T>(count: number, make: (index: number) => T): T[] => Array.from({ length: count }, (_, i) => make(i));

async function expectInFlight(count: number): Promise<void> {
  await eventually(() => {
    expect(inFlight.size).toBe(count);
  });
}

/** While somebody else holds the account's row, no change of it gets anywhere. */
async function whileHeld(work: () => Promise<void>): Promise<void> {
  const hold = new Hold();
  const holder = service.database.database.transaction(async (tx) => {
    await statement(tx, 'SELECT id FROM users WHERE email = $1 FOR UPDATE', [owner.email]);
    await hold.wait();
  });
  await hold.reached;
  try {
    await work();
  } finally {
    hold.release();
    await holder;
  }
}

describe('the requests of one account', () => {
  it('are eight at once, however many come: the others are refused at once, and other people served', async () => {
    const stranger = await signIn(service, await anAccount(service));
    let begun: Promise<Response>[] = [];
    await whileHeld(async () => {
      begun = times(MOST, (i) => rename(`name ${i}`));
      await expectInFlight(MOST);
      const more = await Promise.all([
        ...times(20, (i) => rename(`more ${i}`)),
        service.get('/user/me', bearer(tokens)),
        service.post(
          '/auth/change-password/change',
          { old_password: 'a password', new_password: 'another one' },
          bearer(tokens),
        ),
      ]);
      for (const answer of more) {
        expectStatus(answer, 429);
        expect(answer.headers['retry-after']).toBe('1');
        expect(answer.json()).toMatchObject({ code: 'too-many-requests' });
      }
      expectStatus(await service.get('/user/me', bearer(stranger)), 200);
      expectStatus(await rename('somebody else', stranger), 200);
    });
    for (const answer of await Promise.all(begun)) expectStatus(answer, 200);
    expect(inFlight.size).toBe(0);
    expectStatus(await rename('again'), 200);
  });

  it('are all sessions’ together', async () => {
    const other = await signIn(service, owner);
    let begun: Promise<Response>[] = [];
    await whileHeld(async () => {
      begun = times(MOST, (i) => rename('name', i % 2 ? tokens : other));
      await expectInFlight(MOST);
      expectStatus(await service.get('/user/me', bearer(other)), 429);
    });
    await Promise.all(begun);
  });

  it('are over however they end', async () => {
    const patch = { method: 'PATCH', url: '/user/me', headers: bearer(tokens) } as const;
    for (const _ of times(MOST + 1, () => null)) {
      expectStatus(await service.inject({ ...patch, payload: { locale: 5 } }), 400);
      expectStatus(await service.post('/auth/mfa/recovery-codes', undefined, bearer(tokens)), 409);
      expectStatus(await service.get('/auth/sessions', bearer(tokens)), 200);
    }
    expect(inFlight.size).toBe(0);
  });

  it('are over when the budget of the network refuses them', async () => {
    const strict = await startTestApp({ environment: { THROTTLE_LIMIT: '5' } });
    try {
      const person = await signIn(strict, await anAccount(strict));
      const revoke = { method: 'DELETE', url: '/auth/sessions/none', headers: bearer(person) } as const;
      const statuses: number[] = [];
      for (const _ of times(5 + MOST + 1, () => null)) statuses.push((await strict.inject(revoke)).statusCode);
      expect(statuses).toEqual([...times(5, () => 404), ...times(MOST + 1, () => 429)]);
      expectStatus(await strict.get('/user/me', bearer(person)), 200);
      expect(strict.app.get(RequestsInFlight, { strict: false }).size).toBe(0);
    } finally {
      await strict.close();
    }
  });

  it('are in flight until their work is done, also when the caller hangs up', async () => {
    const server = service.app.get(HttpAdapterHost).httpAdapter.getHttpServer() as Server;
    await service.app.listen(0, '127.0.0.1');
    const url = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}/user/me`;
    const connections = (): Promise<number> =>
      new Promise((resolve, reject) => {
        server.getConnections((error, count) => {
          if (error) reject(error);
          else resolve(count);
        });
      });
    await whileHeld(async () => {
      const caller = new AbortController();
      const headers = { ...bearer(tokens), 'content-type': 'application/json' };
      const sent = times(MOST, () => fetch(url, { method: 'PATCH', headers, body: '{}', signal: caller.signal }));
      const ended = Promise.allSettled(sent);
      await expectInFlight(MOST);
      caller.abort();
      await ended;
      await eventually(async () => expect(await connections()).toBe(0));
      expectStatus(await rename('one more'), 429);
    });
    await expectInFlight(0);
    expectStatus(await rename('later'), 200);
  });
});

describe('requests of nobody', () => {
  it('are not counted, not even those with a token that is no good', async () => {
    const registrations = times(2 * MOST, (i) =>
      service.post('/auth/register', { email: `crowd-${i}@example.org`, password: 'between 6-128 characters' }),
    );
    for (const answer of await Promise.all(registrations)) expectStatus(answer, 204);
    const strangers = times(2 * MOST, () => service.get('/user/me', { authorization: 'Bearer none' }));
    for (const answer of await Promise.all(strangers)) expectStatus(answer, 401);
  });
});
