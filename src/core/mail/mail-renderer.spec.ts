import { parseSettings } from '../../config/settings';
import type { ChangeMessage, MailMessage, MailTemplateName } from './mail-message';
import { MailRenderer } from './mail-renderer.service';

const renderer = rendererFor({});

function rendererFor(environment: Record<string, string>): MailRenderer {
  return new MailRenderer(
    parseSettings({
      PUBLIC_URL: 'https://id.example.org',
      TRUST_PROXY: 'none',
      SMTP_URL: 'smtp://127.0.0.1',
      MAIL_FROM: 'Example Accounts <no-reply@example.org>',
      ...environment,
    }),
  );
}

const link = 'https://id.example.org/activate?ticket=aB3-_dEf0123456789aB3-_dEf0123456789aB3-_dEf01234';
const whenIso = '2026-01-15T12:34:56.000Z';

const lock = { whenIso, untilIso: '2026-01-15T12:44:56.000Z', failures: 10, networks: '203.0.113.7, 2001:db8::/64' };

const messages: { readonly [Name in MailTemplateName]: Extract<MailMessage, { template: Name }> } = {
  activation: { template: 'activation', link, hours: 24 },
  enrolment: { template: 'enrolment', code: '012345', link, minutes: 10 },
  'account-exists': { template: 'account-exists', resetLink: link, minutes: 30 },
  'choose-password': { template: 'choose-password', link, hours: 24 },
  'verify-email': { template: 'verify-email', link, hours: 1 },
  'password-reset': { template: 'password-reset', link, minutes: 30 },
  'reset-code': {
    template: 'reset-code',
    code: '012345',
    minutes: 10,
    link,
    linkMinutes: 30,
    username: 'ann·example',
    dots: '.',
  },
  'email-change': { template: 'email-change', link, minutes: 60 },
  'address-wanted': { template: 'address-wanted' },
  'password-changed': changed('password-changed'),
  'password-set-by-link': changed('password-set-by-link'),
  'password-recovered': changed('password-recovered'),
  'master-password-changed': { ...changed('master-password-changed'), asksFor: 'master-password' },
  'address-changed': changed('address-changed'),
  'factor-enabled': changed('factor-enabled'),
  'factor-disabled': changed('factor-disabled'),
  'recovery-codes-replaced': changed('recovery-codes-replaced'),
  'change-undone': { ...changed('change-undone'), asksFor: 'master-password' },
  'session-ended-by-reuse': {
    template: 'session-ended-by-reuse',
    whenIso,
    userAgent: 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0',
    network: '2001:db8:1:2::/64',
  },
  'address-reclaimed': { template: 'address-reclaimed', whenIso, network: '203.0.113.7', username: 'user-1' },
  'address-taken-back': { template: 'address-taken-back', whenIso, network: '203.0.113.7' },
  'account-deleted': { template: 'account-deleted', whenIso },
  'sign-in-locked': { template: 'sign-in-locked', standing: 'stranger', ...lock, link, validUntilIso: whenIso },
  'second-factor-locked': { template: 'second-factor-locked', ...lock },
  'recovery-locked': { template: 'recovery-locked', ...lock },
  'temporary-password': { template: 'temporary-password', password: 'q'.repeat(43), minutes: 15 },
  unlock: { template: 'unlock', link, validUntilIso: whenIso },
  'lock-alert': {
    template: 'lock-alert',
    account: 'person@example.org',
    guessed: 'secret',
    ...lock,
    link,
    validUntilIso: whenIso,
  },
  'lock-digest': {
    template: 'lock-digest',
    count: 12,
    sinceIso: whenIso,
    link,
  },
};

function changed<Name extends MailTemplateName>(template: Name): ChangeMessage<Name> {
  const notice = { whenIso, network: '203.0.113.7', hasSignedOut: true };
  return { template, ...notice, undoLink: link, asksFor: 'password', formerUntilIso: null, days: 7 };
}

const all = Object.values(messages);
const withLink = all.filter((message) => 'link' in message || 'resetLink' in message || 'undoLink' in message);

describe('every mail', () => {
  it.each(all)('$template says who it is from and what it is about', (message) => {
    const { subject, text, html } = renderer.render(message, null);
    expect(subject).toMatch(/ Example Accounts(?: (was (changed|deleted|removed|undone)|is locked))?$/);
    expect(text).toContain('Sent by Example Accounts (id.example.org)');
    expect(html).toContain('<html lang="en">');
    expect(`${subject}${text}${html}`).not.toMatch(/undefined|null|NaN|\[object/);
  });

  it.each(withLink)('$template has its link whole and alone on one line of the text', (message) => {
    const { text, html } = renderer.render(message, null);
    expect(text.split('\n').filter((line) => line.includes('://'))).toEqual([link]);
    expect(html).toContain(`href="${link}"`);
  });

  it.each(all)('$template keeps the other lines of its text short', (message) => {
    const lines = renderer.render(message, null).text.split('\n');
    expect(lines.filter((line) => line !== link && line.length > 72)).toEqual([]);
  });

  it.each(all)('$template loads nothing from anywhere', (message) => {
    expect(renderer.render(message, null).html).not.toMatch(/<(img|script|link|iframe)|src=|url\(/);
  });
});

describe('wording', () => {
  it.each([
    [messages.activation, 'works for 24 hours.'],
    [messages['verify-email'], 'works for an hour.'],
    [messages['password-reset'], 'works for 30 minutes.'],
    [messages['password-changed'], 'When: 15 January 2026 at 12:34 UTC'],
    [messages['password-changed'], 'Network: 203.0.113.7'],
    [messages['session-ended-by-reuse'], 'Device: Firefox on Linux'],
  ])('$template', (message, words) => {
    expect(renderer.render(message, null).text).toContain(words);
  });

  it.each(['de-CH', 'en_GB', 'x', '', '../../etc'])('is English for locale %j', (locale) => {
    expect(renderer.render(messages.activation, locale)).toEqual(renderer.render(messages.activation, 'en'));
  });

  it.each([
    ['no-reply@example.org', 'Latchkey'],
    ['"Acme, Inc." <no-reply@example.org>', 'Acme, Inc.'],
    ['<no-reply@example.org>', 'Latchkey'],
  ])('names the service by the sender %s', (MAIL_FROM, name) => {
    expect(rendererFor({ MAIL_FROM }).render(messages.activation, null).subject).toBe(
      `Finish your registration at ${name}`,
    );
  });
});

describe('what comes from outside', () => {
  const hostile = '<b>&"\'</b>\r\n\r\nhttps://evil.example/';

  it('is escaped in HTML', () => {
    const { html } = renderer.render({ ...messages['password-changed'], network: hostile }, null);
    expect(html).toContain('&lt;b&gt;&amp;&quot;&#39;&lt;/b&gt;');
    expect(html).not.toContain('<b>');
  });

  it('cannot break out of its line of text', () => {
    const { text } = renderer.render({ ...messages['password-changed'], network: hostile }, null);
    expect(text.split('\n')).not.toContain('https://evil.example/');
  });

  it('cannot speak through the name of a browser', () => {
    const { text, html } = renderer.render({ ...messages['session-ended-by-reuse'], userAgent: hostile }, null);
    expect(text).toContain('Device: an app we do not recognise');
    expect(`${text}${html}`).not.toContain('evil');
  });

  it('cannot add a header through the subject', () => {
    const { subject } = rendererFor({ MAIL_FROM: 'Evil\r\nBcc: eve@example.org <no-reply@example.org>' }).render(
      messages.activation,
      null,
    );
    expect(subject).not.toMatch(/[\r\n]/);
  });

  it.each(['javascript:alert(1)', 'data:text/html,x', 'not a link'])('is no link: %s', (bad) => {
    expect(() => renderer.render({ ...messages.activation, link: bad }, null)).toThrow();
  });
});
