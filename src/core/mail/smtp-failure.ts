import { MailTransportError, type MailFailureKind } from './mail-transport.error';

/** What nodemailer's errors carry, as far as it may be kept: its text repeats what the server said. */
interface SmtpError {
  readonly code?: unknown;
  readonly command?: unknown;
  readonly responseCode?: unknown;
  readonly response?: unknown;
}

/** The steps at which the server judges this one mail; at any earlier one it judges the connection, or us. */
const ABOUT_THE_MAIL = ['RCPT TO', 'DATA'];

/** Turns what nodemailer throws into what the worker acts on, leaving every free text behind. */
export function smtpFailure(error: unknown): MailTransportError {
  const fields: SmtpError = typeof error === 'object' && error !== null ? error : {};
  return new MailTransportError(kindOf(fields), summaryOf(fields, error));
}

function kindOf({ code, command, responseCode }: SmtpError): MailFailureKind {
  const isReply = typeof responseCode === 'number';
  // RFC 5321 §3.8: 421 closes the connection, at whatever step
  if (responseCode === 421) return 'outage';
  if (code === 'EABORT') return 'deferred';
  if (isReply && ABOUT_THE_MAIL.includes(String(command))) return responseCode >= 500 ? 'refused' : 'deferred';
  // no reply and no connection at fault: this mail cannot be said in SMTP to this server
  if (!isReply && (code === 'EENVELOPE' || code === 'EMESSAGE')) return 'refused';
  return 'outage';
}

function summaryOf({ code, command, responseCode, response }: SmtpError, error: unknown): string {
  const enhanced = typeof response === 'string' ? /^\d{3}[ -](\d\.\d{1,3}\.\d{1,3})\b/.exec(response)?.[1] : undefined;
  const parts = [
    word(code),
    word(command),
    typeof responseCode === 'number' ? String(responseCode) : '',
    enhanced ?? '',
  ];
  const summary = parts.filter((part) => part !== '').join(' ');
  return summary === '' ? (error instanceof Error ? error.name : 'unknown') : summary;
}

function word(value: unknown): string {
  return typeof value === 'string' && /^[A-Z][A-Z0-9_ ]{0,30}$/.test(value) ? value : '';
}
