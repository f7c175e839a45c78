import { AppError } from '../../kernel/errors/app-error';
import { errorCodes, type ErrorCode } from '../../kernel/errors/error-catalogue';
import { LuminaErrorPresenter } from './lumina-error.presenter';
import { WrongCurrentPassword } from './wrong-current-password';

const presenter = new LuminaErrorPresenter();
const context = { requestId: '3f0b5a9e-5d53-4b8e-9a51-0d9f4c1d8f10', publicUrl: 'https://id.example.com' };

/** Status, title, detail: published, so each is pinned here a second time. */
const published = {
  validation: [422, 'Validation', 'General.Validation'],
  'malformed-body': [400, 'Malformed body', 'MalformedBody'],
  'bad-url': [400, 'Bad url', 'BadUrl'],
  'unsupported-media-type': [415, 'Unsupported media type', 'UnsupportedMediaType'],
  'too-large': [413, 'Too large', 'TooLarge'],
  'invalid-credentials': [403, 'Invalid credentials', 'InvalidUsernameOrPassword'],
  'mfa-required': [422, 'Mfa required', 'InvalidTotpCode'],
  'invalid-code': [422, 'Invalid code', 'InvalidTotpCode'],
  'invalid-ticket': [401, 'Invalid ticket', 'InvalidTicket'],
  'invalid-token': [401, 'Invalid token', 'InvalidToken'],
  'session-ended': [401, 'Session ended', 'SessionEnded'],
  'invalid-refresh-token': [401, 'Invalid refresh token', 'InvalidRefreshToken'],
  'refresh-token-reused': [401, 'Refresh token reused', 'RefreshTokenReused'],
  'not-found': [404, 'Not found', 'NotFound'],
  'range-not-satisfiable': [416, 'Range not satisfiable', 'RangeNotSatisfiable'],
  locked: [429, 'Locked', 'Locked'],
  'too-many-requests': [429, 'Too many requests', 'TooManyRequests'],
  busy: [503, 'Busy', 'Busy'],
  unavailable: [503, 'Unavailable', 'Unavailable'],
  'username-taken': [409, 'Username taken', 'UsernameAlreadyExists'],
  'email-taken': [409, 'Email taken', 'EmailAlreadyExists'],
  'mfa-already-enabled': [409, 'Mfa already enabled', 'TotpAlreadyEnabled'],
  'mfa-not-generated': [409, 'Mfa not generated', 'TotpNotGenerated'],
  'mfa-not-enabled': [409, 'Mfa not enabled', 'TotpNotEnabled'],
  'reauthentication-required': [403, 'Reauthentication required', 'ReauthenticationRequired'],
  'self-delete-off': [403, 'Self delete off', 'SelfDeleteOff'],
  'cross-site': [403, 'Cross site', 'CrossSite'],
  forbidden: [403, 'Forbidden', 'Forbidden'],
  'invalid-encrypted-password': [400, 'Invalid encrypted password', 'InvalidEncryptedPassword'],
  'not-activated': [403, 'Not activated', 'NotActivated'],
  disabled: [403, 'Disabled', 'AccountDisabled'],
  'quota-exceeded': [507, 'Quota exceeded', 'QuotaExceeded'],
  'precondition-failed': [412, 'Precondition failed', 'PreconditionFailed'],
  'unprocessable-image': [422, 'Unprocessable image', 'UnprocessableImage'],
  internal: [500, 'Internal', 'Internal'],
} as const satisfies Record<ErrorCode, readonly [number, string, string]>;

it.each(errorCodes)('%s is published byte for byte', (code) => {
  const [status, title, detail] = published[code];
  const { body, ...answer } = presenter.present(new AppError(code, { cause: new Error('private') }), context);
  expect(answer).toEqual({ status, contentType: 'application/problem+json; charset=utf-8' });
  expect(JSON.stringify(body)).toBe(
    `{"type":"https://id.example.com/problems/${code}","title":"${title}","status":${String(status)},` +
      `"detail":"${detail}","instance":"urn:uuid:3f0b5a9e-5d53-4b8e-9a51-0d9f4c1d8f10","code":"${code}"}`,
  );
});

it('faulty fields are names in one list, each once, the first of them also the detail', () => {
  const fields = [
    { field: 'Username', message: 'is there twice' },
    { field: 'NewPasswordConfirm', message: 'must be the same as NewPassword' },
    { field: 'PasswordConfirm', message: 'must be the same as Password' },
    { field: 'role', message: 'is not known here' },
    { field: 'body', message: 'must be an object' },
  ];
  const { body } = presenter.present(new AppError('validation', { fields }), context);
  expect(body).toMatchObject({
    status: 422,
    detail: 'InvalidUsername',
    errors: { 'General.Validation': ['InvalidUsername', 'PasswordsNotMatch', 'UnknownField.role', 'InvalidBody'] },
    fields,
  });
});

it('wrong credentials have another name where a password is changed, and every other error keeps its own', () => {
  const present = (error: unknown) => presenter.present(error as AppError, context);
  const renamed = WrongCurrentPassword.of(new AppError('invalid-credentials'));
  expect(present(renamed)).toMatchObject({
    status: 403,
    body: { detail: 'InvalidCurrentPassword', code: 'invalid-credentials' },
  });
  const locked = new AppError('locked', { retryAfterSeconds: 3 });
  expect(WrongCurrentPassword.of(locked)).toBe(locked);
});

it('a ticket for the second factor is at the top', () => {
  const details = { ticket: 't', status: 200, detail: 'Fine' };
  const { body } = presenter.present(new AppError('mfa-required', { details }), context);
  expect(body).toMatchObject({ ticket: 't', status: 422, detail: 'InvalidTotpCode' });
});

it.each([
  ['/api/v1/auth', true],
  ['/api/v1/auth/', true],
  ['/api/v1/auth/login', true],
  ['/api/v1/authorized/me', false],
  ['/api/v1/login', false],
  ['/api/auth/login', false],
  ['/x/api/v1/auth', false],
])('of %s this contract is asked: %s', (path, isOwn) => {
  expect(presenter.owns({ method: 'POST', path, headers: {}, body: undefined })).toBe(isOwn);
});
