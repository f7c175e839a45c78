import type { ErrorCode } from '../../kernel/errors/error-catalogue';

export interface LuminaError {
  readonly status: number;
  /** The name that clients of this contract decide by. */
  readonly detail: string;
}

/** What every outcome becomes in this contract. Total: a new code does not compile until it is here. */
export const luminaErrors = {
  validation: { status: 422, detail: 'General.Validation' },
  'malformed-body': { status: 400, detail: 'MalformedBody' },
  'bad-url': { status: 400, detail: 'BadUrl' },
  'unsupported-media-type': { status: 415, detail: 'UnsupportedMediaType' },
  'too-large': { status: 413, detail: 'TooLarge' },
  'invalid-credentials': { status: 403, detail: 'InvalidUsernameOrPassword' },
  'mfa-required': { status: 422, detail: 'InvalidTotpCode' },
  'invalid-code': { status: 422, detail: 'InvalidTotpCode' },
  'invalid-ticket': { status: 401, detail: 'InvalidTicket' },
  'invalid-token': { status: 401, detail: 'InvalidToken' },
  'session-ended': { status: 401, detail: 'SessionEnded' },
  'invalid-refresh-token': { status: 401, detail: 'InvalidRefreshToken' },
  'refresh-token-reused': { status: 401, detail: 'RefreshTokenReused' },
  'not-found': { status: 404, detail: 'NotFound' },
  'range-not-satisfiable': { status: 416, detail: 'RangeNotSatisfiable' },
  locked: { status: 429, detail: 'Locked' },
  'too-many-requests': { status: 429, detail: 'TooManyRequests' },
  busy: { status: 503, detail: 'Busy' },
  unavailable: { status: 503, detail: 'Unavailable' },
  'username-taken': { status: 409, detail: 'UsernameAlreadyExists' },
  'email-taken': { status: 409, detail: 'EmailAlreadyExists' },
  'mfa-already-enabled': { status: 409, detail: 'TotpAlreadyEnabled' },
  'mfa-not-generated': { status: 409, detail: 'TotpNotGenerated' },
  'mfa-not-enabled': { status: 409, detail: 'TotpNotEnabled' },
  'reauthentication-required': { status: 403, detail: 'ReauthenticationRequired' },
  'self-delete-off': { status: 403, detail: 'SelfDeleteOff' },
  'cross-site': { status: 403, detail: 'CrossSite' },
  forbidden: { status: 403, detail: 'Forbidden' },
  'invalid-encrypted-password': { status: 400, detail: 'InvalidEncryptedPassword' },
  'not-activated': { status: 403, detail: 'NotActivated' },
  disabled: { status: 403, detail: 'AccountDisabled' },
  'quota-exceeded': { status: 507, detail: 'QuotaExceeded' },
  'precondition-failed': { status: 412, detail: 'PreconditionFailed' },
  'unprocessable-image': { status: 422, detail: 'UnprocessableImage' },
  internal: { status: 500, detail: 'Internal' },
} as const satisfies Record<ErrorCode, LuminaError>;
