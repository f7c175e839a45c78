/**
 * `outage`: the server cannot be reached or used at all, whoever the recipient is. `deferred`: it does not take this
 * mail now. `refused`: it says it never will. `unusable`: no server could take it.
 */
export type MailFailureKind = 'outage' | 'deferred' | 'refused' | 'unusable';

/**
 * Why a mail was not handed over. `summary` is made of codes only and may be stored and logged. It never repeats what
 * the server said: filters quote the mail they refuse, and with it the link inside.
 */
export class MailTransportError extends Error {
  constructor(
    readonly kind: MailFailureKind,
    readonly summary: string,
  ) {
    super(`mail ${kind}: ${summary}`);
    this.name = 'MailTransportError';
  }
}
