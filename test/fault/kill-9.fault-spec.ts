import { expectStatus, signIn } from '../support/account-client';
import { DataFolder } from '../support/data-folder';
import { eventually } from '../support/eventually';
import { full } from '../support/full';
import { mailedTicket, register, type Attempt } from '../support/registrations';
import type { ServiceProcess } from '../support/service-process';
import { startSmtpServer, type TestSmtpServer } from '../support/smtp-server';

const ALL = full(120, 500);
/** So many at least were answered before the kill, and so many not. */
const EACH_SIDE = full(25, 100);
const AT_ONCE = full(50, 150);

interface Leftovers {
  readonly unmailed: number;
  readonly orphaned: number;
  readonly unaudited: number;
}

/** Registrations of which one part was written without the others. */
const HALVES = `
  SELECT
    (SELECT count(*)::int FROM tickets t WHERE NOT EXISTS (SELECT FROM mail_outbox m WHERE m.ticket_id = t.id))
      AS unmailed,
    (SELECT count(*)::int FROM mail_outbox m WHERE NOT EXISTS (SELECT FROM tickets t WHERE t.id = m.ticket_id))
      AS orphaned,
    (SELECT count(*)::int FROM tickets) - (SELECT count(*)::int FROM audit_events WHERE event = 'registered')
      AS unaudited`;

describe(`${ALL} registrations, cut by kill -9 in the middle`, () => {
  let folder: DataFolder;
  let smtp: TestSmtpServer;
  let service: ServiceProcess;
  let attempts: Attempt[];

  beforeAll(async () => {
    folder = new DataFolder();
    smtp = await startSmtpServer();
    const environment = { SMTP_URL: smtp.url };
    // with two connections most wait for one: what is answered too early is caught
    const victim = await folder.start({ environment: { ...environment, DATABASE_POOL: '2' } });
    attempts = await registerUntilKilled(victim);
    service = await folder.start({ environment });
  }, 120_000);

  afterAll(async () => {
    await folder.dispose();
    await smtp.stop();
  });

  /** Each client goes on with the next address when its last was answered, and stops when nobody is there any more. */
  async function registerUntilKilled(victim: ServiceProcess): Promise<Attempt[]> {
    const emails = Array.from({ length: ALL }, (_, i) => `person-${i}@example.org`);
    const made: Attempt[] = [];
    const client = async (): Promise<void> => {
      for (let email = emails.pop(); email !== undefined; email = emails.pop()) {
        made.push(await register(victim, email));
        const answered = made.filter(({ status }) => status === 204).length;
        if (answered >= ALL * 0.4) await victim.kill();
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, client));
    return made;
  }

  const acknowledged = (): string[] => attempts.filter(({ status }) => status === 204).map(({ email }) => email);
  const unacknowledged = (): string[] => attempts.filter(({ status }) => status !== 204).map(({ email }) => email);

  const activateAndSignIn = async (email: string): Promise<void> => {
    const ticket = await mailedTicket(smtp, email);
    await expectStatus(service.post('/auth/activate', { ticket }), 204);
    await signIn(service, email);
  };

  it('were answered in part', () => {
    expect(attempts).toHaveLength(ALL);
    expect(acknowledged().length).toBeGreaterThanOrEqual(EACH_SIDE);
    expect(unacknowledged().length).toBeGreaterThanOrEqual(EACH_SIDE);
  });

  it('left none half written', async () => {
    await expect(folder.ask<Leftovers>(HALVES)).resolves.toEqual([{ unmailed: 0, orphaned: 0, unaudited: 0 }]);
  });

  it('left every mail on its way', async () => {
    // what the killed process had in hand comes when its lease has run out
    await eventually(async () => {
      const rows = await folder.ask(`SELECT kind, attempts, last_error FROM mail_outbox WHERE state <> 'sent'`);
      expect(rows).toEqual([]);
    }, 60_000);
  }, 90_000);

  it('activate and sign in, each that was acknowledged', async () => {
    for (const email of acknowledged()) await activateAndSignIn(email);
  }, 120_000);

  it('activate, or can be made again, each that was not', async () => {
    const [written] = await folder.ask<{ emails: string[] }>(
      `SELECT coalesce(json_agg(recipient), '[]') AS emails FROM mail_outbox WHERE kind = 'registration'`,
    );
    for (const email of unacknowledged().filter((candidate) => !written?.emails.includes(candidate))) {
      expect(await register(service, email)).toEqual({ email, status: 204 });
    }
    for (const email of unacknowledged()) await activateAndSignIn(email);
  }, 240_000);
});
