import { MailWorker } from '../../../src/core/mail/mail-worker.service';
import { aPerson, bearer, signIn, type Person } from '../../support/accounts';
import { startSmtpServer, type Mail, type TestSmtpServer } from '../../support/smtp-server';
import { startDescribedApp } from '../../support/described-app';
import type { TestApp } from '../../support/test-app';

let smtp: TestSmtpServer;
beforeAll(async () => {
  smtp = await startSmtpServer();
});
afterAll(() => smtp.stop());

/** The newest mail to an address, after what is due was delivered. */
async function mailTo(service: TestApp, email: string): Promise<Mail> {
  await service.app.get(MailWorker, { strict: false }).runDue();
  const mail = smtp.mails.findLast(({ to }) => to[0] === email);
  if (!mail) throw new Error(`no mail to ${email}`);
  return mail;
}

const ticketHeader = ({ parsed }: Mail) => parsed.headers.get('x-ticket');
const linkedSecret = ({ links }: Mail) => /[?&](?:ticket|token)=([\w-]+)$/.exec(links[0] ?? '')?.[1];

/** Everything that is mailed to somebody in the life of an account, by what it is. */
async function mailsOfALife(service: TestApp): Promise<Record<string, Mail>> {
  const person: Person = aPerson();
  const next = aPerson().email;
  await service.post('/auth/register', person);
  const activation = await mailTo(service, person.email);
  await service.post('/auth/activate/request', { email: person.email });
  const choose = await mailTo(service, person.email);
  await service.post('/auth/activate', { ticket: linkedSecret(activation) });
  await service.post('/auth/change-password/request', { email: person.email });
  const reset = await mailTo(service, person.email);
  await service.post('/auth/register', person);
  const exists = await mailTo(service, person.email);
  await service.post('/auth/change-email/request', { new_email: next }, bearer(await signIn(service, person)));
  const change = await mailTo(service, next);
  await service.post('/auth/change-email/change', { ticket: linkedSecret(change) });
  const notice = await mailTo(service, person.email);
  expect(notice.subject).toContain('was changed');
  return { activation, choose, reset, exists, change, notice };
}

it('with LEGACY_SPELLINGS mails say their ticket in a header, for scripts', async () => {
  const service = await startDescribedApp({ environment: { SMTP_URL: smtp.url, LEGACY_SPELLINGS: 'true' } });
  const { exists, notice, ...withTicket } = await mailsOfALife(service);
  for (const [what, mail] of Object.entries(withTicket)) {
    expect([what, ticketHeader(mail)]).toEqual([what, linkedSecret(mail)]);
    expect(ticketHeader(mail)).toMatch(/^[\w-]{43}$/);
  }
  // what nobody asked for is for people alone
  expect([exists, notice].map((mail) => mail && ticketHeader(mail))).toEqual([undefined, undefined]);
  await service.close();
});

it('without it no mail does', async () => {
  const service = await startDescribedApp({ environment: { SMTP_URL: smtp.url } });
  for (const mail of Object.values(await mailsOfALife(service))) {
    expect(linkedSecret(mail)).toMatch(/^[\w-]{43}$/);
    expect(mail.raw.toLowerCase()).not.toContain('x-ticket');
  }
  await service.close();
});
