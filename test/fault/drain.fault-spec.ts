import { PASSWORD, signIn } from '../support/account-client';
import { DataFolder } from '../support/data-folder';
import { eventually } from '../support/eventually';
import { full } from '../support/full';
import { KeepAliveClient, SlowRequest, type Outcome } from '../support/keep-alive-client';
import { mailedTicket } from '../support/registrations';
import type { ServiceProcess } from '../support/service-process';
import { startSmtpServer, type TestSmtpServer } from '../support/smtp-server';

const CLIENTS = 16;
const ROUNDS = full(1, 5);
/** Answered before the signal comes, so that it comes under load. */
const WARM = 60;
/** What an operator and his service manager are patient for; a drained service takes well under a second. */
const LEAVE_MS = 10_000;

let folder: DataFolder;
let smtp: TestSmtpServer;

beforeEach(async () => {
  folder = new DataFolder();
  smtp = await startSmtpServer();
});

afterEach(async () => {
  await smtp.stop();
  await folder.dispose();
});

const start = (port?: number): Promise<ServiceProcess> =>
  folder.start({ environment: { SMTP_URL: smtp.url }, ...(port ? { port } : {}) });

const isRefused = async (service: ServiceProcess): Promise<void> => {
  const outcome = await service.get('/healthz').then(
    () => 'answered',
    (error: unknown) => String((error as { cause?: { code?: string } }).cause?.code),
  );
  expect(outcome).toBe('ECONNREFUSED');
};

/** Registers one address after the other on a connection of its own until nobody is there any more. */
async function registerUntilGone(service: ServiceProcess, name: string, outcomes: Map<string, Outcome>): Promise<void> {
  const client = new KeepAliveClient(service.port);
  try {
    for (let n = 0; ; n += 1) {
      const email = `${name}-${n}@example.org`;
      const outcome = await client.post('/auth/register', { email, password: PASSWORD });
      outcomes.set(email, outcome);
      if (outcome.error === 'ECONNREFUSED') return;
    }
  } finally {
    client.close();
  }
}

describe('SIGTERM', () => {
  it('under load breaks no request that was accepted, leaves nothing behind, and the next start finds all', async () => {
    let service = await start();
    const told = new Set<string>();
    for (let round = 0; round < ROUNDS; round += 1) {
      const outcomes = new Map<string, Outcome>();
      const clients = Array.from({ length: CLIENTS }, (_, i) =>
        registerUntilGone(service, `round-${round}-client-${i}`, outcomes),
      );
      await eventually(() => expect(outcomes.size).toBeGreaterThan(WARM));

      const signalledAt = performance.now();
      await expect(service.stop()).resolves.toEqual({ code: 0, signal: null });
      expect(performance.now() - signalledAt).toBeLessThan(LEAVE_MS);
      await Promise.all(clients);
      await folder.expectNothingLeft();

      const answered = [...outcomes].filter(([, { status }]) => status !== null);
      expect(new Set(answered.map(([, { status }]) => status))).toEqual(new Set([204]));
      for (const [email] of answered) told.add(email);

      service = await start(service.port);
      // what was done was told, and what was told was done
      const rows = await folder.ask<{ subject: string }>(`SELECT subject FROM tickets WHERE purpose = 'activate'`);
      expect(rows.map(({ subject }) => subject).sort()).toEqual([...told].sort());
    }
    const [email = ''] = told;
    const ticket = await mailedTicket(smtp, email);
    expect((await service.post('/auth/activate', { ticket })).status).toBe(204);
    await signIn(service, email);
  }, 240_000);

  it('takes no new connection, and waits for a request whose body is still on its way', async () => {
    const service = await start();
    const slow = await SlowRequest.begin(service.port, '/auth/register', {
      email: 'slow@example.org',
      password: PASSWORD,
    });
    // its head has been read when a later request was answered
    await service.get('/healthz');
    const left = service.stop();
    await eventually(() => isRefused(service));
    const answer = await slow.finish();
    expect(answer).toMatch(/^HTTP\/1\.1 204 /);
    expect(answer.toLowerCase()).toContain('connection: close');
    await expect(left).resolves.toEqual({ code: 0, signal: null });
    await folder.expectNothingLeft();
  }, 60_000);

  it('takes no new connection while it waits for a mail that is being handed over, and does not wait for ever', async () => {
    const service = await start();
    let arrived = 0;
    smtp.behave({
      onMail: () => {
        arrived += 1;
        return new Promise(() => undefined);
      },
    });
    await service.post('/auth/register', { email: 'slow@example.org', password: PASSWORD });
    await eventually(() => expect(arrived).toBe(1));
    const left = service.stop();
    await eventually(() => isRefused(service), 5_000);
    await expect(left).resolves.toEqual({ code: 0, signal: null });
    await folder.expectNothingLeft();

    smtp.behave({});
    await start(service.port);
    await mailedTicket(smtp, 'slow@example.org');
  }, 90_000);

  it('twice is as good as once', async () => {
    const service = await start();
    const left = [service.stop(), service.end('SIGTERM'), service.end('SIGINT')];
    await expect(Promise.all(left)).resolves.toEqual(Array(3).fill({ code: 0, signal: null }));
    await folder.expectNothingLeft();
  }, 60_000);
});
