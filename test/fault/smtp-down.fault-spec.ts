import { bearer, expectStatus, PASSWORD, secretIn, signIn } from '../support/account-client';
import { DataFolder } from '../support/data-folder';
import { eventually } from '../support/eventually';
import { full } from '../support/full';
import { mailedTicket } from '../support/registrations';
import type { ServiceProcess } from '../support/service-process';
import { startSmtpServer, type TestSmtpServer } from '../support/smtp-server';

const NEWCOMERS = full(8, 40);
/** Longer than the worker's longest pause before it tries a server again. */
const BACK_MS = 60_000;

const newcomer = (round: string, index: number): string => `${round}-${index}@example.org`;
const everyNewcomer = (round: string): string[] =>
  Array.from({ length: NEWCOMERS }, (_, index) => newcomer(round, index));

/** An answer as far as two of the same kind are alike. */
interface Shape {
  readonly route: string;
  readonly status: number;
  readonly headers: readonly string[];
  readonly fields: readonly string[];
}

async function shapeOf(route: string, answer: Response): Promise<Shape> {
  const text = await answer.text();
  const isJson = answer.headers.get('content-type')?.includes('json') ?? false;
  const fields = isJson ? Object.keys(JSON.parse(text) as object).sort() : [text.slice(0, 20)];
  return { route, status: answer.status, headers: [...answer.headers.keys()].sort(), fields };
}

describe.each(['refuse', '451'] as const)('a mail server that is down (%s)', (how) => {
  let folder: DataFolder;
  let smtp: TestSmtpServer;
  let service: ServiceProcess;
  let owner: string;

  beforeAll(async () => {
    folder = new DataFolder();
    smtp = await startSmtpServer();
    service = await folder.start({ environment: { SMTP_URL: smtp.url } });
    owner = await createAccount('owner@example.org');
  });

  afterAll(async () => {
    await folder.dispose();
    await smtp.stop();
  });

  async function createAccount(email: string): Promise<string> {
    await expectStatus(service.post('/auth/register', { email, password: PASSWORD }), 204);
    await activate(email);
    return email;
  }

  async function activate(email: string): Promise<void> {
    const ticket = await mailedTicket(smtp, email, BACK_MS);
    await expectStatus(service.post('/auth/activate', { ticket }), 204);
  }

  const expectDelivered = (): Promise<void> =>
    eventually(async () => {
      const waiting = await folder.ask(`SELECT kind, attempts, last_error FROM mail_outbox WHERE state = 'pending'`);
      expect(waiting).toEqual([]);
    }, BACK_MS);

  /** Every route that mails or could be held up by mails, and the ones that watchers ask. */
  async function walk(round: string): Promise<Shape[]> {
    const shapes: Shape[] = [];
    const take = async (route: string, answer: Promise<Response>): Promise<void> => {
      shapes.push(await shapeOf(route, await answer));
    };
    const post = (path: string, body: unknown, headers?: Record<string, string>): Promise<void> =>
      take(path, service.post(path, body, headers));
    for (const email of everyNewcomer(round)) await post('/auth/register', { email, password: PASSWORD });
    await post('/auth/register', { email: owner, password: PASSWORD });
    await post('/auth/activate/request', { email: newcomer(round, 0) });
    await post('/auth/activate/request', { email: 'nobody@example.org' });
    await post('/auth/change-password/request', { email: owner });
    await post('/auth/change-password/request', { email: 'nobody@example.org' });
    await post('/auth/activate', { ticket: 'none' });
    await post('/auth/login', { email: owner, password: PASSWORD, cookie: false });
    await post('/auth/login', { email: owner, password: 'not this one', cookie: false });
    const tokens = await signIn(service, owner);
    const change = { old_password: PASSWORD, new_password: PASSWORD };
    await post('/auth/change-password/change', change, bearer(tokens));
    await post('/auth/token/refresh', { refresh_token: tokens.refresh });
    await take('/user/me', service.get('/user/me', bearer(tokens)));
    await post('/auth/token/revoke', { all: true }, bearer(tokens));
    for (const path of ['/healthz', '/readyz', '/auth/jwks', '/']) await take(path, service.get(path));
    return shapes;
  }

  it('changes no answer of any route, and all mails come when it is back, with links that work', async () => {
    const usual = await walk('before');
    for (const email of everyNewcomer('before')) await activate(email);
    await expectDelivered();
    const seen = smtp.mails.length;

    await smtp.pause(how);
    expect(await walk('during')).toEqual(usual);
    expect(smtp.mails).toHaveLength(seen);
    await smtp.resume();

    for (const email of everyNewcomer('during')) {
      await activate(email);
      await signIn(service, email);
    }
    await smtp.waitFor((mail) => smtp.mails.indexOf(mail) >= seen && /was changed/.test(mail.subject), BACK_MS);
    const isReset = (subject: string): boolean => /Choose a new password/.test(subject);
    const reset = await smtp.waitFor(
      (mail) => smtp.mails.indexOf(mail) >= seen && mail.to[0] === owner && isReset(mail.subject),
      BACK_MS,
    );
    const change = { ticket: secretIn(reset.text), new_password: PASSWORD };
    await expectStatus(service.post('/auth/change-password/change', change), 204);
    await expectDelivered();
    // none came twice
    const sent = smtp.mails.map(({ messageId }) => messageId);
    expect(new Set(sent).size).toBe(sent.length);
  }, 180_000);

  it('does not keep the service from starting', async () => {
    await smtp.pause(how);
    await service.stop();
    service = await folder.start({ environment: { SMTP_URL: smtp.url }, port: service.port });
    const email = 'late@example.org';
    await expectStatus(service.post('/auth/register', { email, password: PASSWORD }), 204);
    await smtp.resume();
    await activate(email);
  }, 120_000);

  it('does not keep the service from leaving', async () => {
    await smtp.pause(how);
    await expectStatus(service.post('/auth/change-password/request', { email: owner }), 204);
    await expect(service.stop()).resolves.toEqual({ code: 0, signal: null });
    await folder.expectNothingLeft();
  });
});
