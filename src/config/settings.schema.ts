import {
  duration,
  emailAddress,
  flag,
  integer,
  key32,
  list,
  nonEmpty,
  oneOf,
  optionalUrl,
  origin,
  pageUrl,
  plain,
  trustProxy,
  type SettingParser,
} from './setting-parsers';

/** One setting: its text when unset, how its text is read, and the line that explains it in `.env.example`. */
export interface SettingSpec<T> {
  readonly fallback: string;
  readonly parse: SettingParser<T>;
  readonly help: string;
}

function setting<T>(fallback: string, parse: SettingParser<T>, help: string): SettingSpec<T> {
  return { fallback, parse, help };
}

const YEAR_SECONDS = 365 * 86_400;
const GIB = 1024 ** 3;

/** Every setting there is, by the name of its environment variable. `.env.example` is tested against this table. */
export const settingsSchema = {
  NODE_ENV: setting('development', oneOf('development', 'production', 'test'), 'development, production or test'),
  PORT: setting('3000', integer(0, 65_535), 'the port to listen on; 0 takes a free one'),
  HOST: setting('127.0.0.1', nonEmpty, 'the address to listen on'),
  PUBLIC_URL: setting(
    '',
    (text) => (text === '' ? '' : origin(text)),
    'the origin people reach the service at; links are built from it, never from a Host header; empty: http://localhost:PORT',
  ),
  DATA_DIR: setting('./data', nonEmpty, 'the folder of the embedded database and of generated keys'),
  DATABASE_URL: setting(
    '',
    optionalUrl('postgres', 'postgresql'),
    'a PostgreSQL server, version 15 or later; empty: the embedded one under DATA_DIR',
  ),
  DATABASE_POOL: setting('10', integer(2, 200), 'the most database connections a process opens for its work'),
  REDIS_URL: setting('', optionalUrl('redis', 'rediss'), 'where processes share network budgets; empty: PostgreSQL'),
  SMTP_URL: setting(
    '',
    optionalUrl('smtp', 'smtps'),
    'the mail server; empty: the development mailbox at /dev/mailbox, only while PUBLIC_URL is a loopback host',
  ),
  MAIL_FROM: setting('Latchkey <no-reply@localhost>', nonEmpty, 'the sender of every mail'),
  ADMIN_EMAILS: setting('', list(emailAddress), 'addresses of admins, by comma'),
  MASTER_KEY: setting(
    '',
    list(key32),
    '32 bytes in base64; several by comma: the first encrypts, all decrypt; empty: made under DATA_DIR',
  ),
  TRUST_PROXY: setting(
    '',
    (text) => ({ isSet: text !== '', proxies: trustProxy(text) }),
    'none, a number of proxy hops, or the proxies’ addresses; must be set when PUBLIC_URL is https',
  ),
  CORS_ORIGINS: setting('', list(origin), 'origins of web clients on other hosts, by comma'),
  ACCESS_TOKEN_TTL: setting('15m', duration(10, 86_400), 'life of an access token'),
  REFRESH_TOKEN_TTL: setting('30d', duration(60, YEAR_SECONDS), 'life of an unused refresh token'),
  SESSION_MAX_AGE: setting('90d', duration(60, 5 * YEAR_SECONDS), 'a session’s absolute end'),
  SESSIONS_PER_USER: setting(
    '50',
    integer(1, 10_000),
    'sessions an account may hold; the least recently used one ends',
  ),
  JWT_ALGORITHM: setting('ES256', oneOf('ES256', 'ES384', 'RS256', 'PS256'), 'how access tokens are signed'),
  JWT_ISSUER: setting('', plain, 'claim iss; empty: PUBLIC_URL'),
  JWT_AUDIENCE: setting('latchkey', nonEmpty, 'claim aud'),
  SIGNING_KEY_LEAD: setting('1d', duration(2, 90 * 86_400), 'how long a signing key is published before it signs'),
  SIGNING_KEY_ROTATION: setting('90d', duration(5, 2 * YEAR_SECONDS), 'how long a signing key signs'),
  HASURA_CLAIMS: setting('false', flag, 'true: access tokens carry the claims that Hasura reads'),
  LEGACY_SPELLINGS: setting(
    'false',
    flag,
    'true: older clients’ spellings too, with tokens in URLs; not with PROFILE hardened',
  ),
  PASSWORD_HASH: setting('bcrypt', oneOf('bcrypt'), 'how passwords are hashed'),
  BCRYPT_COST: setting('10', integer(4, 15), 'bcrypt’s cost; 10 is some 50 ms'),
  PASSWORD_MIN_LENGTH: setting('6', integer(6, 64), 'characters a password must have at least'),
  PASSWORD_BLOCKLIST: setting('', plain, 'a file of passwords to refuse, a line each'),
  PROFILE: setting(
    'contract',
    oneOf('contract', 'hardened'),
    'contract: as the wire contracts print; hardened: what ASVS 5.0 level 2 and NIST SP 800-63B-4 ask',
  ),
  AUTO_ACTIVATE: setting('false', flag, 'true: accounts sign in at once, their address unproved (for development)'),
  REQUIRE_VERIFIED_EMAIL: setting('false', flag, 'true: no sign-in before the address is proved, in any contract'),
  S3_ENDPOINT: setting(
    '',
    (text) => (text === '' ? '' : origin(text)),
    'the object store, an origin; empty: the one of AWS in S3_REGION',
  ),
  S3_REGION: setting('us-east-1', nonEmpty, 'the region that requests to the object store are signed for'),
  S3_BUCKET: setting('', plain, 'the bucket that holds the bytes of files; empty: they lie in DATA_DIR/blobs'),
  S3_ACCESS_KEY_ID: setting('', plain, 'who asks the object store; must be set with S3_BUCKET'),
  S3_SECRET_ACCESS_KEY: setting('', plain, 'what requests to the object store are signed with'),
  MAX_UPLOAD_BYTES: setting('104857600', integer(1, 48 * GIB), 'the most bytes a file may have'),
  STORAGE_QUOTA_BYTES: setting(
    '0',
    integer(0, Number.MAX_SAFE_INTEGER),
    'the most bytes that the files of one owner may have in all, each counted as 4 KiB at least; those without an owner share it; 0: no limit',
  ),
  IMAGE_CACHE_BYTES: setting(
    '1073741824',
    integer(1_048_576, 1024 * GIB),
    'the room under DATA_DIR for images that were made of stored ones, in bytes',
  ),
  RESET_PASSWORD_URL: setting(
    '',
    pageUrl,
    'the page that reset mails of the claims contract open, as URL?token=TOKEN; empty: the service’s own',
  ),
  SELF_DELETE: setting('true', flag, 'whether people may delete their own account'),
  THROTTLE_LIMIT: setting(
    '300',
    integer(0, 1_000_000),
    'requests a minute from one network to each route that takes a secret or sends a mail; 0: no limit',
  ),
  THROTTLE_FAILURES: setting(
    '100',
    integer(0, 1_000_000),
    'failed proofs in ten minutes from one network over all accounts; 0: no limit',
  ),
  LOCKOUT_ATTEMPTS: setting('10', integer(1, 100), 'failed attempts that lock a bucket of the lockout'),
  LOCKOUT_WINDOW: setting('24h', duration(60, 30 * 86_400), 'the time within which failed attempts count together'),
  LOCKOUT_DURATION: setting(
    '10m',
    duration(10, 86_400),
    'how long the first lock lasts; each further one twice as long, up to a day',
  ),
  AUDIT_RETENTION: setting('400d', duration(86_400, 20 * YEAR_SECONDS), 'how long audit events are kept'),
  STORAGE_RULES: setting(
    'storage.rules.yaml',
    nonEmpty,
    'the file that says who may do what with which stored files; read again on SIGHUP',
  ),
  LOG_LEVEL: setting('info', oneOf('trace', 'debug', 'info', 'warn', 'error', 'silent'), 'the least severe log line'),
  WORKERS: setting('1', integer(1, 256), 'processes that share the port'),
} as const satisfies Record<string, SettingSpec<unknown>>;

export type SettingName = keyof typeof settingsSchema;

/** The values as read one by one, before what they imply for each other. */
export type ParsedSettings = {
  readonly [Name in SettingName]: (typeof settingsSchema)[Name] extends SettingSpec<infer T> ? T : never;
};
