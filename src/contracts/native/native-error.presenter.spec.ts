import { AppError } from '../../kernel/errors/app-error';
import { errorCodes, type ErrorCode } from '../../kernel/errors/error-catalogue';
import { NativeErrorPresenter } from './native-error.presenter';

const presenter = new NativeErrorPresenter();
const context = { requestId: '3f0b5a9e-5d53-4b8e-9a51-0d9f4c1d8f10', publicUrl: 'https://id.example.com' };

/** Status, title, detail: published, so each is pinned here a second time. */
const published = {
  validation: [400, 'Validation', 'Some fields of the request are wrong.'],
  'malformed-body': [400, 'Malformed body', 'The body could not be read.'],
  'bad-url': [400, 'Bad url', 'The URL could not be read.'],
  'unsupported-media-type': [415, 'Unsupported media type', 'This media type is not accepted here.'],
  'too-large': [413, 'Too large', 'The request is larger than is accepted here.'],
  'invalid-credentials': [
    401,
    'Invalid credentials',
    'These credentials are not right. If you have just registered, open the activation mail first.',
  ],
  'mfa-required': [401, 'Mfa required', 'A code of the second factor is needed.'],
  'invalid-code': [401, 'Invalid code', 'The code is not right, or no longer.'],
  'invalid-ticket': [401, 'Invalid ticket', 'The ticket is not valid, was used, or has expired.'],
  'invalid-token': [401, 'Invalid token', 'The access token is missing or not valid.'],
  'session-ended': [401, 'Session ended', 'The session has ended.'],
  'invalid-refresh-token': [401, 'Invalid refresh token', 'The refresh token is missing or not valid.'],
  'refresh-token-reused': [
    401,
    'Refresh token reused',
    'The refresh token was used before. The session has been ended.',
  ],
  'not-found': [404, 'Not found', 'There is nothing here.'],
  'range-not-satisfiable': [416, 'Range not satisfiable', 'The range lies outside the file.'],
  locked: [429, 'Locked', 'Too many failed attempts. Try again later.'],
  'too-many-requests': [429, 'Too many requests', 'Too many requests. Try again later.'],
  busy: [503, 'Busy', 'The service is busy. Try again in a moment.'],
  unavailable: [503, 'Unavailable', 'The service cannot answer right now. Try again in a moment.'],
  'username-taken': [409, 'Username taken', 'This username is taken.'],
  'email-taken': [409, 'Email taken', 'This address is in use.'],
  'mfa-already-enabled': [409, 'Mfa already enabled', 'The second factor is already enabled.'],
  'mfa-not-generated': [409, 'Mfa not generated', 'No second factor was generated in this session.'],
  'mfa-not-enabled': [409, 'Mfa not enabled', 'The second factor is not enabled.'],
  'reauthentication-required': [
    403,
    'Reauthentication required',
    'This needs a recent proof of who you are. Prove it again first.',
  ],
  'self-delete-off': [403, 'Self delete off', 'Accounts cannot be deleted by their owners here.'],
  'cross-site': [403, 'Cross site', 'A cookie from this origin is not accepted for this.'],
  forbidden: [403, 'Forbidden', 'This is not allowed.'],
  'invalid-encrypted-password': [400, 'Invalid encrypted password', 'The encrypted password is not acceptable.'],
  'not-activated': [403, 'Not activated', 'The address of this account has not been verified yet.'],
  disabled: [403, 'Disabled', 'This account is disabled.'],
  'quota-exceeded': [507, 'Quota exceeded', 'There is no room left.'],
  'precondition-failed': [412, 'Precondition failed', 'The state is not the one the request expects.'],
  'unprocessable-image': [422, 'Unprocessable image', 'The image cannot be processed.'],
  internal: [500, 'Internal', 'Something went wrong on our side.'],
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

it('faulty fields follow, in order, each with its message', () => {
  const fields = [
    { field: 'email', message: 'must be an e-mail address' },
    { field: 'user_data', message: 'is not known here' },
  ];
  const { body } = presenter.present(new AppError('validation', { fields }), context);
  expect(JSON.stringify(body)).toMatch(
    /"code":"validation","errors":\[\{"field":"email","message":"must be an e-mail address"\},\{"field":"user_data","message":"is not known here"\}\]\}$/,
  );
});

it('details never overwrite a member of the standard', () => {
  const details = { ticket: 't', status: 200, code: 'fine', type: 'about:blank' };
  const { body } = presenter.present(new AppError('mfa-required', { details }), context);
  expect(body).toMatchObject({ ticket: 't', status: 401, code: 'mfa-required', title: 'Mfa required' });
});
