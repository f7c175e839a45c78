import { AppError } from '../../kernel/errors/app-error';
import { errorCatalogue, errorCodes, type ErrorCode } from '../../kernel/errors/error-catalogue';
import { ClaimsErrorPresenter } from './claims-error.presenter';

const presenter = new ClaimsErrorPresenter();

/** Published, so each is pinned here a second time. */
const published = {
  validation: 400,
  'malformed-body': 400,
  'bad-url': 400,
  'unsupported-media-type': 415,
  'too-large': 413,
  'invalid-credentials': 401,
  'mfa-required': 401,
  'invalid-code': 401,
  'invalid-ticket': 401,
  'invalid-token': 401,
  'session-ended': 401,
  'invalid-refresh-token': 401,
  'refresh-token-reused': 401,
  'not-found': 404,
  'range-not-satisfiable': 416,
  locked: 429,
  'too-many-requests': 429,
  busy: 503,
  unavailable: 503,
  'username-taken': 409,
  'email-taken': 409,
  'mfa-already-enabled': 409,
  'mfa-not-generated': 409,
  'mfa-not-enabled': 409,
  'reauthentication-required': 403,
  'self-delete-off': 403,
  'cross-site': 403,
  forbidden: 403,
  'invalid-encrypted-password': 400,
  'not-activated': 403,
  disabled: 403,
  'quota-exceeded': 507,
  'precondition-failed': 412,
  'unprocessable-image': 422,
  internal: 500,
} as const satisfies Record<ErrorCode, number>;

it.each(errorCodes)('%s is published byte for byte', (code) => {
  const { body, ...answer } = presenter.present(new AppError(code, { cause: new Error('private') }));
  expect(answer).toEqual({ status: published[code], contentType: 'application/json; charset=utf-8' });
  expect(JSON.stringify(body)).toBe(`{"error":"${errorCatalogue[code]}","code":"${code}"}`);
});

it('faulty fields are named in the text, in order', () => {
  const fields = [
    { field: 'email', message: 'must be an e-mail address' },
    { field: 'password', message: 'must have 6 to 128 characters' },
  ];
  const { body } = presenter.present(new AppError('validation', { fields }));
  expect(body).toEqual({
    error:
      'Some fields of the request are wrong: email must be an e-mail address; password must have 6 to 128 characters.',
    code: 'validation',
  });
});

it('a ticket for the second factor stands beside the code', () => {
  const { body } = presenter.present(new AppError('mfa-required', { details: { ticket: 't' } }));
  expect(body).toEqual({ error: errorCatalogue['mfa-required'], code: 'mfa-required', ticket: 't' });
});

it.each([
  ['/api/v1', true],
  ['/api/v1/', true],
  ['/api/v1/login', true],
  ['/api/v1/authorized/me', true],
  ['/api/v1/nowhere', true],
  ['/api/v1/auth', false],
  ['/api/v1/auth/login', false],
  ['/api/v10/login', false],
  ['/api/auth/login', false],
  ['/auth/login', false],
  ['/x/api/v1/login', false],
])('of %s this contract is asked: %s', (path, isOwn) => {
  expect(presenter.owns({ method: 'POST', path, headers: {}, body: undefined })).toBe(isOwn);
});
