import { randomUUID } from 'node:crypto';
import { MAIL_FROM, smtpTransport } from '../../../test/support/mail-room';
import { startSmtpServer, type TestSmtpServer } from '../../../test/support/smtp-server';
import { createTestDatabase, type TestDatabase } from '../../../test/support/test-database';
import { parseSettings } from '../../config/settings';
import { addSeconds, DAY_SECONDS } from '../../kernel/clock';
import { DevelopmentMailTransport } from './development-mail.transport';
import { DevelopmentMailbox } from './development-mailbox.service';
import { MailTransport, type OutgoingMail } from './mail-transport.port';

let db: TestDatabase;
let server: TestSmtpServer;
let mailbox: DevelopmentMailbox;

beforeAll(async () => {
  db = await createTestDatabase();
  server = await startSmtpServer();
  mailbox = new DevelopmentMailbox(parseSettings({}), db.database);
});

afterAll(async () => {
  await server.stop();
  await db.drop();
});

type Arrived = Pick<OutgoingMail, 'messageId' | 'to' | 'subject' | 'text' | 'html'>;

interface Candidate {
  readonly name: string;
  readonly create: () => MailTransport;
  readonly arrived: (to: string) => Promise<Arrived[]>;
}

const candidates: readonly Candidate[] = [
  {
    name: 'SMTP',
    create: () => smtpTransport(server.url),
    arrived: (address) =>
      Promise.resolve(
        server.mails
          .filter(({ to }) => to.includes(address))
          .map(({ messageId, to, subject, text, html }) => ({ messageId, to: to.join(), subject, text, html })),
      ),
  },
  {
    name: 'the development mailbox',
    create: () => new DevelopmentMailTransport(db.database),
    arrived: (to) => mailbox.list({ to }),
  },
];

const patience = (): AbortSignal => AbortSignal.timeout(20_000);

function aMail(parts: Partial<OutgoingMail> = {}): OutgoingMail {
  return {
    messageId: `<${randomUUID()}@id.example.org>`,
    to: `${randomUUID()}@example.org`,
    subject: 'Choose a new password',
    text: `Hello\n\nhttps://id.example.org/reset-password?token=${'x'.repeat(43)}\n\nBye\n`,
    html: `<p>Hello <a href="https://id.example.org/?a=1&amp;b=2">link</a></p>\n`,
    sentAt: new Date('2026-01-15T12:00:00.000Z'),
    ...parts,
  };
}

describe.each(candidates)('$name as a mail transport', ({ create, arrived }) => {
  it('brings a mail as it is, and says when it is ready', async () => {
    const transport = create();
    await transport.check();
    const mail = aMail();
    await transport.deliver(mail, patience());
    const { messageId, to, subject, text, html } = mail;
    expect(await arrived(to)).toMatchObject([{ messageId, to, subject, text, html }]);
  });

  it('brings any script, however long its lines', async () => {
    const mail = aMail({
      subject: 'Grüße – 你好 😀',
      text: `${'ü'.repeat(700)}\n.\n.leading dot\n你好 😀\n`,
      html: '<p>ü 你好 😀</p>\n',
    });
    await create().deliver(mail, patience());
    expect(await arrived(mail.to)).toMatchObject([{ subject: mail.subject, text: mail.text, html: mail.html }]);
  });

  it('brings mails to an address whose local part is not ASCII', async () => {
    const to = `jürgen-${randomUUID()}@example.org`;
    await create().deliver(aMail({ to }), patience());
    expect(await arrived(to)).toMatchObject([{ to }]);
  });

  it.each(['\r\nBcc: eve@example.org', '\nBcc: eve@example.org', ', eve@example.org', '>\r\nRCPT TO:<eve@example.org'])(
    'brings nothing to a recipient that would smuggle in another: %j',
    async (smuggled) => {
      const delivery = create().deliver(aMail({ to: `ada@example.org${smuggled}` }), patience());
      await expect(delivery).rejects.toMatchObject({ name: 'MailTransportError', kind: 'unusable' });
      expect(await arrived('eve@example.org')).toEqual([]);
      expect(await arrived('ada@example.org')).toEqual([]);
    },
  );

  it('gives up when told to', async () => {
    const mail = aMail();
    await expect(create().deliver(mail, AbortSignal.abort())).rejects.toMatchObject({ name: 'MailTransportError' });
    expect(await arrived(mail.to)).toEqual([]);
  });
});

describe('SMTP', () => {
  it('says that no machine should answer, and when the mail was sent', async () => {
    const mail = aMail();
    await smtpTransport(server.url).deliver(mail, patience());
    const { parsed, from } = await server.waitFor(({ to }) => to.includes(mail.to));
    expect(parsed.headers.get('auto-submitted')).toBe('auto-generated');
    expect(parsed.date).toEqual(mail.sentAt);
    expect(parsed.from?.text).toBe('"Example Accounts" <no-reply@example.org>');
    expect(MAIL_FROM).toContain(from);
  });

  it('lets no header in through a subject', async () => {
    const mail = aMail({ subject: 'Hello\r\nBcc: eve@example.org\r\n\r\nbody' });
    await smtpTransport(server.url).deliver(mail, patience());
    const { parsed, to } = await server.waitFor((arrived) => arrived.to.includes(mail.to));
    expect(to).toEqual([mail.to]);
    expect(parsed.headers.has('bcc')).toBe(false);
    expect(parsed.text).toBe(mail.text);
  });

  it('takes a certificate of its own machine as it is', async () => {
    const secure = await startSmtpServer({ hasStartTls: true });
    const mail = aMail();
    await smtpTransport(secure.url).deliver(mail, patience());
    expect(secure.mails).toHaveLength(1);
    await secure.stop();
  });

  it('reports a server that is down as an outage', async () => {
    const gone = await startSmtpServer();
    await gone.stop();
    await expect(smtpTransport(gone.url).deliver(aMail(), patience())).rejects.toMatchObject({ kind: 'outage' });
    await expect(smtpTransport(gone.url).check()).rejects.toMatchObject({ kind: 'outage' });
  });

  it('reports a server without SMTPUTF8 as one that refuses such an address', async () => {
    const old = await startSmtpServer({ hasSmtpUtf8: false });
    old.behave({ onRecipient: (to) => (/[^ -~]/.test(to) ? { code: 553, text: '5.6.7 ASCII only' } : null) });
    const delivery = smtpTransport(old.url).deliver(aMail({ to: 'jürgen@example.org' }), patience());
    await expect(delivery).rejects.toMatchObject({ kind: 'refused' });
    await old.stop();
  });

  it('waits for a server that never answers no longer than told', async () => {
    const slow = await startSmtpServer();
    slow.behave({ onRecipient: () => new Promise(() => undefined) });
    const delivery = smtpTransport(slow.url).deliver(aMail(), AbortSignal.timeout(300));
    await expect(delivery).rejects.toMatchObject({ kind: 'deferred', summary: 'EABORT' });
    await slow.stop();
  });
});

describe('the development mailbox', () => {
  it('is there only without SMTP', () => {
    expect(mailbox.isEnabled).toBe(true);
    expect(new DevelopmentMailbox(parseSettings({ SMTP_URL: 'smtp://127.0.0.1' }), db.database).isEnabled).toBe(false);
  });

  it('lists the newest first, of one address or of all, without regard to case', async () => {
    const transport = new DevelopmentMailTransport(db.database);
    const to = `Ada-${randomUUID()}@example.org`;
    for (const subject of ['first', 'second']) await transport.deliver(aMail({ to, subject }), patience());
    await transport.deliver(aMail({ subject: 'other' }), patience());
    expect((await mailbox.list({ to: to.toUpperCase() })).map(({ subject }) => subject)).toEqual(['second', 'first']);
    expect((await mailbox.list()).slice(0, 3).map(({ subject }) => subject)).toEqual(['other', 'second', 'first']);
  });

  it('forgets after 7 days', async () => {
    const mail = aMail();
    await new DevelopmentMailTransport(db.database).deliver(mail, patience());
    await mailbox.purge(db.database.pool, addSeconds(mail.sentAt, 7 * DAY_SECONDS));
    expect(await mailbox.list({ to: mail.to })).toHaveLength(1);
    await mailbox.purge(db.database.pool, addSeconds(mail.sentAt, 7 * DAY_SECONDS + 1));
    expect(await mailbox.list({ to: mail.to })).toEqual([]);
  });
});
