import { STATUS_CODES } from 'node:http';
import { AppError } from '../../kernel/errors/app-error';
import { errorCatalogue, errorCodes, type ErrorCode } from '../../kernel/errors/error-catalogue';
import { SealedErrorPresenter } from './sealed-error.presenter';

const presenter = new SealedErrorPresenter();

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
  const status = published[code];
  expect(answer).toEqual({ status, contentType: 'application/json; charset=utf-8' });
  expect(JSON.stringify(body)).toBe(
    `{"statusCode":${String(status)},"message":"${errorCatalogue[code]}","error":"${STATUS_CODES[status] ?? ''}","code":"${code}"}`,
  );
});

it('faulty fields are named in the message, in order', () => {
  const fields = [
    { field: 'username', message: 'must have 3 to 255 characters' },
    { field: 'keyID', message: 'must be an integer' },
  ];
  const { body } = presenter.present(new AppError('validation', { fields }));
  expect(body).toEqual({
    statusCode: 400,
    message: 'Some fields of the request are wrong. username must have 3 to 255 characters. keyID must be an integer.',
    error: 'Bad Request',
    code: 'validation',
  });
});

it('a ticket for the second factor stands beside the code', () => {
  const { body } = presenter.present(new AppError('mfa-required', { details: { ticket: 't' } }));
  expect(body).toMatchObject({ statusCode: 401, error: 'Unauthorized', code: 'mfa-required', ticket: 't' });
});

const owns = (method: string, path: string, body?: unknown, headers = {}) =>
  presenter.owns({ method, path, headers, body });

it.each([
  ['/auth/key', true],
  ['/auth/key/', true],
  ['/auth/forget-password', true],
  ['/auth/validate-otp/abc', true],
  ['/auth/reset-password', true],
  ['/auth/refresh-token', true],
  ['/auth/keys', false],
  ['/auth/token', false],
  ['/auth/change-password/request', false],
  ['/api/auth/key', false],
  ['/x/auth/key', false],
])('of %s this contract is asked: %s', (path, isOwn) => {
  expect(owns('POST', path)).toBe(isOwn);
});

describe.each(['/auth/register', '/auth/login', '/auth/login/'])('of a POST to %s', (path) => {
  it.each<[unknown, boolean]>([
    [{ encryptedPassword: '' }, true],
    [{ keyID: null }, true],
    [{ keyID: 1, password: 'both' }, true],
    [{ password: 'x' }, false],
    [{}, false],
    [undefined, false],
    [null, false],
    ['encryptedPassword', false],
    [['keyID'], false],
    [Object.create({ keyID: 1 }), false],
  ])('with the body %j this contract is asked: %s', (body, isOwn) => {
    expect(owns('POST', path, body)).toBe(isOwn);
    expect(owns('GET', path, body)).toBe(false);
  });
});

it.each([
  ['GET', { 'access-token': '' }, true],
  ['HEAD', { 'access-token': 't' }, true],
  ['GET', { authorization: 'Bearer t' }, false],
  ['GET', {}, false],
  ['PATCH', { 'access-token': 't' }, false],
])('of %s /user/me with %j this contract is asked: %s', (method, headers, isOwn) => {
  expect(owns(method, '/user/me', undefined, headers)).toBe(isOwn);
});
