import { AppError } from '../../kernel/errors/app-error';
import { errorCatalogue, errorCodes, type ErrorCode } from '../../kernel/errors/error-catalogue';
import { VaultErrorPresenter } from './vault-error.presenter';

const presenter = new VaultErrorPresenter();

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
  expect(JSON.stringify(body)).toBe(`{"error":{"message":"${errorCatalogue[code]}","code":"${code}"}}`);
});

it('faulty fields are details, in order, each with its message', () => {
  const fields = [
    { field: 'email', message: 'must be an e-mail address' },
    { field: 'token', message: 'is missing' },
  ];
  const { body } = presenter.present(new AppError('validation', { fields }));
  expect(body).toEqual({ error: { message: expect.any(String), code: 'validation', details: { fields } } });
});

it.each(['locked', 'too-many-requests'] as const)('%s says in whole seconds when to try again', (code) => {
  const detailsAfter = (retryAfterSeconds: number) =>
    (presenter.present(new AppError(code, { retryAfterSeconds })).body as { error: { details: object } }).error.details;
  expect(detailsAfter(12.1)).toEqual({ retry_after: 13 });
  expect(detailsAfter(0)).toEqual({ retry_after: 1 });
});

it('busy says so in its header alone', () => {
  const { body } = presenter.present(new AppError('busy', { retryAfterSeconds: 2 }));
  expect(body).toEqual({ error: { message: errorCatalogue.busy, code: 'busy' } });
});

it('a ticket for the second factor is a detail', () => {
  const { body } = presenter.present(new AppError('mfa-required', { details: { ticket: 't' } }));
  expect(body).toMatchObject({ error: { details: { ticket: 't' } } });
});

it.each([
  ['/api/auth', true],
  ['/api/auth/', true],
  ['/api/auth/login', true],
  ['/api/user/identifier', true],
  ['/api/authors', false],
  ['/api/v1/auth/login', false],
  ['/auth/login', false],
  ['/x/api/auth', false],
])('of %s this contract is asked: %s', (path, isOwn) => {
  expect(presenter.owns({ method: 'POST', path, headers: {}, body: undefined })).toBe(isOwn);
});
