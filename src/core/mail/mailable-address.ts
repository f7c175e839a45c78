const ATOM = String.raw`[^\s\p{C}<>(),;:"\\@\[\]]`;
const MAILABLE = new RegExp(`^${ATOM}{1,64}@${ATOM}{1,255}$`, 'u');

/**
 * Whether an address can stand in a header and an SMTP command as it is: one mailbox, no quoting, no list, no control
 * character. Anything else is never put on the wire, whatever let it in.
 */
export function isMailable(address: string): boolean {
  return MAILABLE.test(address);
}
