import { parseSettings, SettingsError } from './settings';
import { settingsSchema, type SettingName } from './settings.schema';

const KEY = Buffer.alloc(32, 7).toString('base64');

function faultsOf(environment: Record<string, string | undefined>): readonly string[] {
  try {
    parseSettings(environment);
  } catch (error) {
    if (error instanceof SettingsError) return error.faults;
    throw error;
  }
  return [];
}

/** A text that the setting refuses, and that could be recognized if it were repeated. */
const refused: Partial<Record<SettingName, string>> = {
  NODE_ENV: 'leaked-environment',
  PORT: '65536777',
  PUBLIC_URL: 'https://leaked.example/with/path?secret=leaked',
  DATABASE_URL: 'mysql://leaked-user:leaked-password@host/db',
  DATABASE_POOL: 'leaked-pool',
  REDIS_URL: 'leaked-redis-password',
  SMTP_URL: 'https://leaked-user:leaked-password@mail.example',
  ADMIN_EMAILS: 'leaked admin',
  MASTER_KEY: Buffer.from('leaked: too short').toString('base64'),
  TRUST_PROXY: 'leaked-all',
  CORS_ORIGINS: 'https://leaked.example/path',
  ACCESS_TOKEN_TTL: 'leaked minutes',
  REFRESH_TOKEN_TTL: '77777777d',
  SESSION_MAX_AGE: '-77777',
  SESSIONS_PER_USER: '77777',
  JWT_ALGORITHM: 'none-leaked',
  SIGNING_KEY_LEAD: '1 leaked',
  SIGNING_KEY_ROTATION: '77777y',
  PASSWORD_HASH: 'md5-leaked',
  BCRYPT_COST: '77777',
  PASSWORD_MIN_LENGTH: '77777',
  PROFILE: 'leaked-profile',
  AUTO_ACTIVATE: 'leaked-yes',
  REQUIRE_VERIFIED_EMAIL: 'leaked-1',
  S3_ENDPOINT: 'https://leaked-user:leaked-password@s3.example',
  MAX_UPLOAD_BYTES: '-77777',
  STORAGE_QUOTA_BYTES: '77777 bytes leaked',
  IMAGE_CACHE_BYTES: '77777',
  RESET_PASSWORD_URL: 'https://leaked-user:leaked-password@app.example/reset',
  SELF_DELETE: 'leaked-no',
  THROTTLE_LIMIT: '-77777',
  THROTTLE_FAILURES: '1e77777',
  AUDIT_RETENTION: '77777s',
  LOG_LEVEL: 'leaked-level',
  WORKERS: '77777',
};

describe('parseSettings', () => {
  it('reads an empty environment as the defaults that are written down', () => {
    const settings = parseSettings({});
    expect(settings).toMatchObject({
      port: 3000,
      host: '127.0.0.1',
      publicUrl: 'http://localhost:3000',
      isHttps: false,
      databaseUrl: '',
      jwtIssuer: 'http://localhost:3000',
      accessTokenSeconds: 900,
      refreshTokenSeconds: 30 * 86_400,
      sessionMaxSeconds: 90 * 86_400,
      bcryptCost: 10,
      passwordMinLength: 6,
      trustProxy: false,
      isHardened: false,
      selfDelete: true,
    });
  });

  it('counts an empty variable as unset', () => {
    const empty = Object.fromEntries(Object.keys(settingsSchema).map((name) => [name, ' ']));
    expect(parseSettings(empty)).toEqual(parseSettings({}));
  });

  it('cannot be changed afterwards', () => {
    const settings = parseSettings({});
    expect(() => Object.assign(settings, { port: 1 })).toThrow(TypeError);
  });

  it('names every fault at once', () => {
    expect(faultsOf(refused).map((fault) => fault.split(' ')[0])).toEqual(
      Object.keys(settingsSchema).filter((name) => name in refused),
    );
  });

  it.each(Object.entries(refused))('names %s and never repeats its value', (name, text) => {
    const faults = faultsOf({ [name]: text });
    expect(faults).toHaveLength(1);
    expect(faults[0]).toMatch(new RegExp(`^${name} must `));
    expect(faults[0]).not.toMatch(/leaked|77777/);
    expect(faults[0]).not.toContain(text);
  });

  it('puts every fault on a line of the message, without values', () => {
    const error = new SettingsError(faultsOf(refused));
    for (const name of Object.keys(refused)) expect(error.message).toMatch(new RegExp(`^  ${name} `, 'm'));
    expect(error.message).not.toMatch(/leaked|77777/);
  });
});

describe('what one setting implies for another', () => {
  const served = { PUBLIC_URL: 'https://id.example.org', SMTP_URL: 'smtp://mail.example.org', TRUST_PROXY: '1' };

  it('issuer and https follow the public URL', () => {
    expect(parseSettings({ ...served, PUBLIC_URL: 'https://id.example.org/' })).toMatchObject({
      publicUrl: 'https://id.example.org',
      jwtIssuer: 'https://id.example.org',
      isHttps: true,
      trustProxy: 1,
    });
  });

  it('hardened asks for 15 characters and a proved address, and keeps a longer minimum', () => {
    expect(parseSettings({ PROFILE: 'hardened' })).toMatchObject({
      passwordMinLength: 15,
      requireVerifiedEmail: true,
      isHardened: true,
    });
    expect(parseSettings({ PROFILE: 'hardened', PASSWORD_MIN_LENGTH: '20' }).passwordMinLength).toBe(20);
  });

  it.each([
    ['SMTP_URL', { ...served, SMTP_URL: '' }],
    ['TRUST_PROXY', { ...served, TRUST_PROXY: '' }],
    ['MASTER_KEY', { NODE_ENV: 'production', DATABASE_URL: 'postgres://db.example.org/latchkey' }],
    ['AUTO_ACTIVATE', { PROFILE: 'hardened', AUTO_ACTIVATE: 'true' }],
    ['RESET_PASSWORD_URL', { ...served, RESET_PASSWORD_URL: 'http://app.example.org/reset' }],
    ['S3_BUCKET', { S3_BUCKET: 'files', S3_ACCESS_KEY_ID: 'id' }],
    ['S3_BUCKET', { S3_ENDPOINT: 'https://s3.example.org' }],
    ['PORT', { WORKERS: '2', PORT: '0' }],
  ])('refuses a conflict by the name of %s', (name, environment) => {
    expect(faultsOf(environment)).toEqual([expect.stringMatching(new RegExp(`^${name} must `))]);
  });

  it.each([
    ['a loopback host without a mail server', { PUBLIC_URL: 'http://127.0.0.1:8080' }],
    ['https without a proxy, once that is said', { ...served, TRUST_PROXY: 'none' }],
    [
      'production on a server of its own with a master key',
      { NODE_ENV: 'production', DATABASE_URL: 'postgres://db.example.org/latchkey', MASTER_KEY: KEY },
    ],
    ['production on the embedded database, whose key stands beside it', { NODE_ENV: 'production' }],
  ])('accepts %s', (_what, environment) => {
    expect(faultsOf(environment)).toEqual([]);
  });

  it('names several conflicts at once', () => {
    expect(faultsOf({ PUBLIC_URL: 'https://id.example.org' }).map((fault) => fault.split(' ')[0])).toEqual([
      'SMTP_URL',
      'TRUST_PROXY',
    ]);
  });
});

describe('single settings', () => {
  it.each([
    ['90', 90],
    ['90s', 90],
    ['15m', 900],
    ['24h', 86_400],
    ['1d', 86_400],
  ])('a duration of %s is %d seconds', (text, seconds) => {
    expect(parseSettings({ ACCESS_TOKEN_TTL: text }).accessTokenSeconds).toBe(seconds);
  });

  it('the first of several master keys comes first', () => {
    const other = Buffer.alloc(32, 9).toString('base64');
    expect(parseSettings({ MASTER_KEY: `${KEY}, ${other}` }).masterKeys).toEqual([
      Buffer.alloc(32, 7),
      Buffer.alloc(32, 9),
    ]);
  });

  it.each(['true', '*', 'all', '0.0.0.0/0', '::/0'])('TRUST_PROXY %s, which trusts everybody, is refused', (text) => {
    expect(faultsOf({ TRUST_PROXY: text })).toHaveLength(1);
  });

  it.each([
    ['none', false],
    ['0', false],
    ['2', 2],
    ['10.0.0.0/8, ::1', ['10.0.0.0/8', '::1']],
    ['loopback', ['loopback']],
  ])('TRUST_PROXY %s is read', (text, expected) => {
    expect(parseSettings({ TRUST_PROXY: text }).trustProxy).toEqual(expected);
  });

  it.each([
    'app.example.org/reset',
    'javascript:alert(1)',
    'https://app.example.org/#reset',
    'https://app.example.org/?token=',
    'https://app.example.org/choose a password',
  ])('RESET_PASSWORD_URL %s is refused, because a token is added to it', (text) => {
    expect(faultsOf({ RESET_PASSWORD_URL: text })).toHaveLength(1);
  });

  it.each([
    ['', 'http://localhost:3000/reset-password'],
    ['https://app.example.org', 'https://app.example.org'],
    ['http://localhost:8080/reset?lang=en', 'http://localhost:8080/reset?lang=en'],
  ])('RESET_PASSWORD_URL "%s" is %s', (text, expected) => {
    expect(parseSettings({ RESET_PASSWORD_URL: text }).resetPasswordUrl).toBe(expected);
  });

  it.each(['https://id.example.org/path', 'https://user:pw@id.example.org', 'ftp://id.example.org', 'id.example.org'])(
    'PUBLIC_URL %s is refused, because links are built from it',
    (text) => {
      expect(faultsOf({ PUBLIC_URL: text, SMTP_URL: 'smtp://localhost', TRUST_PROXY: 'none' })).toHaveLength(1);
    },
  );
});

describe('conflicts', () => {
  it('are told in one go with single faults', () => {
    expect(() => parseSettings({ PORT: 'http', PUBLIC_URL: 'https://id.example.org', LOG_LEVEL: 'loud' })).toThrow(
      /PORT [^]*LOG_LEVEL [^]*SMTP_URL must be set[^]*TRUST_PROXY must be set/,
    );
  });

  it('are not made up for a setting that could not be read', () => {
    expect(() =>
      parseSettings({ PUBLIC_URL: 'https://id.example.org', SMTP_URL: 'mail', TRUST_PROXY: 'none' }),
    ).toThrow(/^These settings are wrong:\n {2}SMTP_URL must be empty or an URL[^\n]*$/);
  });
});
