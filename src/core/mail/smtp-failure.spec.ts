import { smtpFailure } from './smtp-failure';

function smtpError(fields: { readonly response?: string; readonly [name: string]: unknown }): Error {
  return Object.assign(new Error(fields.response ?? 'failed'), fields);
}

describe('a failure of SMTP', () => {
  it.each([
    ['nobody listens', { code: 'ESOCKET', command: 'CONN' }, 'outage', 'ESOCKET CONN'],
    ['the name is unknown', { code: 'EDNS', command: 'CONN' }, 'outage', 'EDNS CONN'],
    ['the server is silent', { code: 'ETIMEDOUT', command: 'CONN' }, 'outage', 'ETIMEDOUT CONN'],
    ['the connection dies', { code: 'ECONNECTION', command: 'CONN' }, 'outage', 'ECONNECTION CONN'],
    [
      'our password is wrong',
      { code: 'EAUTH', command: 'AUTH PLAIN', responseCode: 535, response: '535 5.7.8 no' },
      'outage',
      'EAUTH AUTH PLAIN 535 5.7.8',
    ],
    [
      'our sender is refused',
      { code: 'EENVELOPE', command: 'MAIL FROM', responseCode: 550, response: '550 5.7.1 no' },
      'outage',
      'EENVELOPE MAIL FROM 550 5.7.1',
    ],
    [
      'the server shuts down',
      { code: 'EMESSAGE', command: 'DATA', responseCode: 421, response: '421 bye' },
      'outage',
      'EMESSAGE DATA 421',
    ],
    [
      'the mailbox is full',
      { code: 'EENVELOPE', command: 'RCPT TO', responseCode: 452, response: '452-4.2.2 full' },
      'deferred',
      'EENVELOPE RCPT TO 452 4.2.2',
    ],
    ['we gave up', { code: 'EABORT' }, 'deferred', 'EABORT'],
    [
      'there is no such mailbox',
      { code: 'EENVELOPE', command: 'RCPT TO', responseCode: 550, response: '550 5.1.1 who?' },
      'refused',
      'EENVELOPE RCPT TO 550 5.1.1',
    ],
    ['the address cannot be said', { code: 'EENVELOPE', command: 'API' }, 'refused', 'EENVELOPE API'],
  ])('when %s', (_case, fields, kind, summary) => {
    expect(smtpFailure(smtpError(fields))).toMatchObject({ kind, summary });
  });

  it('keeps no word of what the server said', () => {
    const said = '554 5.7.1 blocked: https://id.example.org/activate?ticket=SECRET-TICKET';
    const failure = smtpFailure(smtpError({ code: 'EMESSAGE', command: 'DATA', responseCode: 554, response: said }));
    expect(`${failure.message} ${failure.summary} ${failure.stack ?? ''} ${JSON.stringify(failure)}`).not.toContain(
      'SECRET-TICKET',
    );
    expect(failure.cause).toBeUndefined();
  });

  it.each([undefined, null, 'text', 7, {}, new TypeError('x')])('makes do with %p', (thrown) => {
    expect(smtpFailure(thrown).kind).toBe('outage');
  });
});
