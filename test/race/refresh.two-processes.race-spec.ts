import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bearer, createAccount, expectStatus, mailsTo, signIn, tokensOf, type Tokens } from '../support/account-client';
import { eventually } from '../support/eventually';
import { ServiceProcess } from '../support/service-process';
import { startTestApp } from '../support/test-app';
import { createTestDatabase, type TestDatabase } from '../support/test-database';

const OWNER = 'owner@example.org';
const PATH = '/auth/token/refresh';
const NOTICE = /signed one of your sessions out/;

describe('two processes on one database', () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'latchkey-refresh-'));
  let database: TestDatabase;
  let services: [ServiceProcess, ServiceProcess];

  const start = (port?: number): Promise<ServiceProcess> => {
    // behind one balancer: one public URL, and so one issuer
    const environment = { DATABASE_URL: database.url, PUBLIC_URL: 'http://localhost' };
    return ServiceProcess.start({ dataDir, environment, ...(port ? { port } : {}) });
  };

  beforeAll(async () => {
    database = await createTestDatabase();
    services = await Promise.all([start(), start()]);
    await createAccount(services[0], OWNER);
  });

  afterAll(async () => {
    await Promise.all(services.map((service) => service.stop()));
    await database.drop();
    rmSync(dataDir, { recursive: true, force: true });
  });

  const restart = async (): Promise<void> => {
    await Promise.all(services.map((service) => service.stop()));
    services = await Promise.all([start(services[0].port), start(services[1].port)]);
  };

  const refresh = (service: ServiceProcess, { refresh }: Tokens): Promise<Response> =>
    service.post(PATH, { refresh_token: refresh });

  const rotate = async (service: ServiceProcess, tokens: Tokens): Promise<Tokens> =>
    tokensOf(await expectStatus(refresh(service, tokens), 200));

  const issuedAt = ({ access }: Tokens): unknown =>
    (JSON.parse(Buffer.from(access.split('.')[1] ?? '', 'base64url').toString()) as { iat: unknown }).iat;

  const expectTheft = async (service: ServiceProcess, tokens: Tokens): Promise<void> => {
    const answer = await expectStatus(refresh(service, tokens), 401);
    await expect(answer.json()).resolves.toMatchObject({ code: 'refresh-token-reused' });
  };

  /** In both processes within a second: the extra one is for the machine. */
  const expectEnded = async (tokens: readonly Tokens[]): Promise<void> => {
    for (const service of services) {
      for (const each of tokens) {
        await eventually(async () => {
          const answer = await expectStatus(service.get('/user/me', bearer(each)), 401);
          await expect(answer.json()).resolves.toMatchObject({ code: 'session-ended' });
        }, 2_000);
        const refused = await expectStatus(refresh(service, each), 401);
        await expect(refused.json()).resolves.toMatchObject({ code: 'invalid-refresh-token' });
      }
    }
  };

  const notices = async (): Promise<number> =>
    (await mailsTo(services[0], OWNER)).filter(({ subject }) => NOTICE.test(subject)).length;

  it('give one successor to 50 refreshes of one token at once, and it works', async () => {
    const first = await signIn(services[0], OWNER);
    const answers = await Promise.all(Array.from({ length: 50 }, (_, i) => rotate(services[i % 2 ? 1 : 0], first)));
    const successors = new Set(answers.map((tokens) => tokens.refresh));
    expect(successors.size).toBe(1);
    expect(successors).not.toContain(first.refresh);
    for (const answer of answers) await expectStatus(services[1].get('/user/me', bearer(answer)), 200);
    await rotate(services[1], answers[0]!);
  });

  it('end the session everywhere when a token comes back after its successor was used, in the same second', async () => {
    const before = await notices();
    // a second that turns in between would make it the easier case
    const [first, second, third] = await eventually(async () => {
      const first = await signIn(services[0], OWNER);
      const second = await rotate(services[1], first);
      const third = await rotate(services[0], second);
      expect(issuedAt(third)).toBe(issuedAt(first));
      return [first, second, third] as const;
    });
    await expectStatus(services[1].get('/user/me', bearer(third)), 200);
    await expectTheft(services[1], first);
    await expectEnded([first, second, third]);
    await eventually(async () => expect(await notices()).toBe(before + 1));
  });

  it('know a replay after both were restarted, and go on knowing that the session has ended', async () => {
    const first = await signIn(services[0], OWNER);
    const second = await rotate(services[0], first);
    const third = await rotate(services[1], second);
    await restart();
    await expectStatus(services[0].get('/user/me', bearer(third)), 200);
    await expectTheft(services[1], first);
    await expectEnded([first, second, third]);
    await restart();
    await expectEnded([first, second, third]);
  });

  it('answer a retry with the same successor after both were restarted', async () => {
    const first = await signIn(services[0], OWNER);
    const second = await rotate(services[0], first);
    await restart();
    expect((await rotate(services[1], first)).refresh).toBe(second.refresh);
    await rotate(services[0], second);
  });
});

describe('an answer that got lost', () => {
  /** Two processes as far as the database can tell, on a clock that the test sets. */
  async function twoApps() {
    const first = await startTestApp();
    const { database, clock, dataDir } = first;
    const second = await startTestApp({ database, clock, dataDir });
    await first.post('/auth/register', { email: OWNER, password: 'between 6-128 characters' });
    const [mail] = await first.mailsTo(OWNER);
    const ticket = /ticket=([\w-]+)/.exec(mail?.text ?? '')?.[1];
    expect((await first.post('/auth/activate', { ticket })).statusCode).toBe(204);
    const login = { email: OWNER, password: 'between 6-128 characters', cookie: false };
    const opened = (await first.post('/auth/login', login)).json();
    const close = async (): Promise<void> => {
      await second.close();
      await first.close();
    };
    return { first, second, clock, opened, close };
  }

  it('is given again after 31 seconds to the browser that signed in, and its token works', async () => {
    const { first, second, clock, opened, close } = await twoApps();
    try {
      const lost = await first.post(PATH, { refresh_token: opened.refresh_token });
      clock.advanceSeconds(31);
      const device = { 'x-device-token': opened.device_token };
      const retried = await second.post(PATH, { refresh_token: opened.refresh_token }, device);
      expect(retried.statusCode).toBe(200);
      expect(retried.json().refresh_token).toBe(lost.json().refresh_token);
      expect((await first.post(PATH, { refresh_token: retried.json().refresh_token })).statusCode).toBe(200);
    } finally {
      await close();
    }
  });

  it('is theft after 31 seconds for anybody else: the session ends, and the owner is told', async () => {
    const { first, second, clock, opened, close } = await twoApps();
    try {
      await first.post(PATH, { refresh_token: opened.refresh_token });
      clock.advanceSeconds(31);
      const retried = await second.post(PATH, { refresh_token: opened.refresh_token });
      expect([retried.statusCode, retried.json().code]).toEqual([401, 'refresh-token-reused']);
      for (const app of [first, second]) {
        await eventually(async () => {
          const me = await app.get('/user/me', { authorization: `Bearer ${opened.jwt_token}` });
          expect([me.statusCode, me.json().code]).toEqual([401, 'session-ended']);
        }, 2_000);
      }
      expect((await first.mailsTo(OWNER))[0]?.subject).toMatch(NOTICE);
    } finally {
      await close();
    }
  });
});
