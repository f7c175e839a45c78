/**
 * Every outcome a caller can be refused with. The only place a code is born: each contract maps all of them
 * (`satisfies Record<ErrorCode, …>`), so a new one does not compile until every contract says what it becomes.
 *
 * The text is public. It never says more than the code does, above all not whether an account exists.
 */
export const errorCatalogue = {
  validation: 'Some fields of the request are wrong.',
  'malformed-body': 'The body could not be read.',
  'bad-url': 'The URL could not be read.',
  'unsupported-media-type': 'This media type is not accepted here.',
  'too-large': 'The request is larger than is accepted here.',
  'invalid-credentials':
    'These credentials are not right. If you have just registered, open the activation mail first.',
  'mfa-required': 'A code of the second factor is needed.',
  'invalid-code': 'The code is not right, or no longer.',
  'invalid-ticket': 'The ticket is not valid, was used, or has expired.',
  'invalid-token': 'The access token is missing or not valid.',
  'session-ended': 'The session has ended.',
  'invalid-refresh-token': 'The refresh token is missing or not valid.',
  'refresh-token-reused': 'The refresh token was used before. The session has been ended.',
  'not-found': 'There is nothing here.',
  'range-not-satisfiable': 'The range lies outside the file.',
  locked: 'Too many failed attempts. Try again later.',
  'too-many-requests': 'Too many requests. Try again later.',
  busy: 'The service is busy. Try again in a moment.',
  unavailable: 'The service cannot answer right now. Try again in a moment.',
  'username-taken': 'This username is taken.',
  'email-taken': 'This address is in use.',
  'mfa-already-enabled': 'The second factor is already enabled.',
  'mfa-not-generated': 'No second factor was generated in this session.',
  'mfa-not-enabled': 'The second factor is not enabled.',
  'reauthentication-required': 'This needs a recent proof of who you are. Prove it again first.',
  'self-delete-off': 'Accounts cannot be deleted by their owners here.',
  'cross-site': 'A cookie from this origin is not accepted for this.',
  forbidden: 'This is not allowed.',
  'invalid-encrypted-password': 'The encrypted password is not acceptable.',
  'not-activated': 'The address of this account has not been verified yet.',
  disabled: 'This account is disabled.',
  'quota-exceeded': 'There is no room left.',
  'precondition-failed': 'The state is not the one the request expects.',
  'unprocessable-image': 'The image cannot be processed.',
  internal: 'Something went wrong on our side.',
} as const;

export type ErrorCode = keyof typeof errorCatalogue;

export const errorCodes = Object.keys(errorCatalogue) as ErrorCode[];
