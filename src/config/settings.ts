import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { SettingFault } from './setting-parsers';
import { settingsSchema, type ParsedSettings, type SettingName } from './settings.schema';

/** An object store that speaks S3. */
export interface S3Settings {
  /** Empty: AWS's own. */
  readonly endpoint: string;
  readonly region: string;
  readonly bucket: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/** All settings, read once, with what they imply for each other worked out. Frozen. */
export abstract class Settings {
  abstract readonly nodeEnv: 'development' | 'production' | 'test';
  abstract readonly port: number;
  abstract readonly host: string;
  /** Without a trailing slash. */
  abstract readonly publicUrl: string;
  abstract readonly isHttps: boolean;
  abstract readonly dataDir: string;
  /** Empty: the embedded PostgreSQL. */
  abstract readonly databaseUrl: string;
  abstract readonly databasePool: number;
  abstract readonly redisUrl: string;
  abstract readonly smtpUrl: string;
  abstract readonly mailFrom: string;
  abstract readonly adminEmails: readonly string[];
  /** Empty: a key file under the data folder. */
  abstract readonly masterKeys: readonly Buffer[];
  abstract readonly trustProxy: false | number | readonly string[];
  abstract readonly corsOrigins: readonly string[];
  abstract readonly accessTokenSeconds: number;
  abstract readonly refreshTokenSeconds: number;
  abstract readonly sessionMaxSeconds: number;
  abstract readonly sessionsPerUser: number;
  abstract readonly jwtAlgorithm: 'ES256' | 'ES384' | 'RS256' | 'PS256';
  abstract readonly jwtIssuer: string;
  abstract readonly jwtAudience: string;
  abstract readonly signingKeyLeadSeconds: number;
  abstract readonly signingKeyRotationSeconds: number;
  abstract readonly hasuraClaims: boolean;
  abstract readonly legacySpellings: boolean;
  abstract readonly bcryptCost: number;
  abstract readonly passwordMinLength: number;
  abstract readonly passwordBlocklistFile: string;
  abstract readonly isHardened: boolean;
  abstract readonly autoActivate: boolean;
  abstract readonly requireVerifiedEmail: boolean;
  /** Null: the bytes of files lie under the data folder. */
  abstract readonly s3: S3Settings | null;
  abstract readonly maxUploadBytes: number;
  /** 0: none. */
  abstract readonly storageQuotaBytes: number;
  /** The room for images made of stored ones, on this machine. */
  abstract readonly imageCacheBytes: number;
  /** The page that reset mails of the claims contract open. */
  abstract readonly resetPasswordUrl: string;
  abstract readonly selfDelete: boolean;
  abstract readonly throttleLimit: number;
  abstract readonly throttleFailures: number;
  abstract readonly lockoutAttempts: number;
  abstract readonly lockoutWindowSeconds: number;
  abstract readonly lockoutSeconds: number;
  abstract readonly auditRetentionSeconds: number;
  /** Absolute; where the default is not in the working folder it is the file that comes with the service. */
  abstract readonly storageRulesFile: string;
  abstract readonly logLevel: 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'silent';
  abstract readonly workers: number;
}

/** Settings that cannot be used. `faults` holds one line each, by name; a value is never repeated. */
export class SettingsError extends Error {
  constructor(readonly faults: readonly string[]) {
    super(`These settings are wrong:\n${faults.map((fault) => `  ${fault}`).join('\n')}`);
    this.name = 'SettingsError';
  }
}

/**
 * Reads settings from a set of environment variables; an empty variable counts as unset.
 *
 * @throws SettingsError naming every fault at once
 */
export function parseSettings(environment: Readonly<Record<string, string | undefined>>): Settings {
  const faults = new Map<SettingName, string>();
  const values: Partial<Record<SettingName, unknown>> = {};
  for (const [name, spec] of Object.entries(settingsSchema) as [SettingName, (typeof settingsSchema)[SettingName]][]) {
    const text = environment[name]?.trim();
    try {
      values[name] = spec.parse(text === undefined || text === '' ? spec.fallback : text);
    } catch (error) {
      if (!(error instanceof SettingFault)) throw error;
      faults.set(name, `${name} ${error.message}`);
      values[name] = spec.parse(spec.fallback);
    }
  }
  const settings = derive(values as ParsedSettings);
  const conflicts = conflictsOf(settings, values as ParsedSettings)
    // what rests on a setting that could not be read says nothing
    .filter(({ between, isBroken }) => isBroken && !between.some((name) => faults.has(name)))
    .map(({ message }) => message);
  if (faults.size + conflicts.length > 0) throw new SettingsError([...faults.values(), ...conflicts]);
  return Object.freeze(settings);
}

function derive(parsed: ParsedSettings): Settings {
  const publicUrl = parsed.PUBLIC_URL === '' ? `http://localhost:${parsed.PORT}` : parsed.PUBLIC_URL;
  const isHardened = parsed.PROFILE === 'hardened';
  return {
    nodeEnv: parsed.NODE_ENV,
    port: parsed.PORT,
    host: parsed.HOST,
    publicUrl,
    isHttps: publicUrl.startsWith('https://'),
    dataDir: resolve(parsed.DATA_DIR),
    databaseUrl: parsed.DATABASE_URL,
    databasePool: parsed.DATABASE_POOL,
    redisUrl: parsed.REDIS_URL,
    smtpUrl: parsed.SMTP_URL,
    mailFrom: parsed.MAIL_FROM,
    adminEmails: parsed.ADMIN_EMAILS,
    masterKeys: parsed.MASTER_KEY,
    trustProxy: parsed.TRUST_PROXY.proxies,
    corsOrigins: parsed.CORS_ORIGINS,
    accessTokenSeconds: parsed.ACCESS_TOKEN_TTL,
    refreshTokenSeconds: parsed.REFRESH_TOKEN_TTL,
    sessionMaxSeconds: parsed.SESSION_MAX_AGE,
    sessionsPerUser: parsed.SESSIONS_PER_USER,
    jwtAlgorithm: parsed.JWT_ALGORITHM,
    jwtIssuer: parsed.JWT_ISSUER === '' ? publicUrl : parsed.JWT_ISSUER,
    jwtAudience: parsed.JWT_AUDIENCE,
    signingKeyLeadSeconds: parsed.SIGNING_KEY_LEAD,
    signingKeyRotationSeconds: parsed.SIGNING_KEY_ROTATION,
    hasuraClaims: parsed.HASURA_CLAIMS,
    legacySpellings: parsed.LEGACY_SPELLINGS,
    bcryptCost: parsed.BCRYPT_COST,
    passwordMinLength: isHardened ? Math.max(15, parsed.PASSWORD_MIN_LENGTH) : parsed.PASSWORD_MIN_LENGTH,
    passwordBlocklistFile: parsed.PASSWORD_BLOCKLIST,
    isHardened,
    autoActivate: parsed.AUTO_ACTIVATE,
    requireVerifiedEmail: parsed.REQUIRE_VERIFIED_EMAIL || isHardened,
    ...storageOf(parsed),
    resetPasswordUrl: parsed.RESET_PASSWORD_URL === '' ? `${publicUrl}/reset-password` : parsed.RESET_PASSWORD_URL,
    selfDelete: parsed.SELF_DELETE,
    throttleLimit: parsed.THROTTLE_LIMIT,
    throttleFailures: parsed.THROTTLE_FAILURES,
    lockoutAttempts: parsed.LOCKOUT_ATTEMPTS,
    lockoutWindowSeconds: parsed.LOCKOUT_WINDOW,
    lockoutSeconds: parsed.LOCKOUT_DURATION,
    auditRetentionSeconds: parsed.AUDIT_RETENTION,
    storageRulesFile: storageRulesFileOf(parsed.STORAGE_RULES),
    logLevel: parsed.LOG_LEVEL,
    workers: parsed.WORKERS,
  };
}

function storageOf(
  parsed: ParsedSettings,
): Pick<Settings, 's3' | 'maxUploadBytes' | 'storageQuotaBytes' | 'imageCacheBytes'> {
  const s3 = {
    endpoint: parsed.S3_ENDPOINT,
    region: parsed.S3_REGION,
    bucket: parsed.S3_BUCKET,
    accessKeyId: parsed.S3_ACCESS_KEY_ID,
    secretAccessKey: parsed.S3_SECRET_ACCESS_KEY,
  };
  return {
    s3: s3.bucket === '' ? null : s3,
    maxUploadBytes: parsed.MAX_UPLOAD_BYTES,
    storageQuotaBytes: parsed.STORAGE_QUOTA_BYTES,
    imageCacheBytes: parsed.IMAGE_CACHE_BYTES,
  };
}

const OWN_FOLDER = join(__dirname, '..', '..');

function storageRulesFileOf(path: string): string {
  const isAbsent = path === settingsSchema.STORAGE_RULES.fallback && !existsSync(path);
  return isAbsent ? join(OWN_FOLDER, path) : resolve(path);
}

const LOOPBACK_HOST = /^(localhost|127(\.\d{1,3}){3}|\[::1\]|[a-z0-9-]+\.localhost)$/i;

/** Whether the host of the public URL is this machine itself. */
export function isLoopbackUrl(url: string): boolean {
  return LOOPBACK_HOST.test(new URL(url).hostname);
}

interface Conflict {
  readonly between: readonly SettingName[];
  readonly isBroken: boolean;
  readonly message: string;
}

/** Settings that are right alone and wrong together. */
function conflictsOf(settings: Settings, parsed: ParsedSettings): Conflict[] {
  return [
    {
      between: ['SMTP_URL', 'PUBLIC_URL'],
      isBroken: settings.smtpUrl === '' && !isLoopbackUrl(settings.publicUrl),
      message: 'SMTP_URL must be set unless the host of PUBLIC_URL is loopback',
    },
    {
      between: ['TRUST_PROXY', 'PUBLIC_URL'],
      isBroken: settings.isHttps && !parsed.TRUST_PROXY.isSet,
      message: 'TRUST_PROXY must be set when PUBLIC_URL is https (none, if no proxy stands in front)',
    },
    {
      between: ['MASTER_KEY', 'DATABASE_URL', 'NODE_ENV'],
      isBroken: settings.nodeEnv === 'production' && settings.databaseUrl !== '' && settings.masterKeys.length === 0,
      message: 'MASTER_KEY must be set with DATABASE_URL when NODE_ENV is production',
    },
    {
      between: ['AUTO_ACTIVATE', 'PROFILE'],
      isBroken: settings.isHardened && settings.autoActivate,
      message: 'AUTO_ACTIVATE must be false with PROFILE hardened',
    },
    {
      between: ['LEGACY_SPELLINGS', 'PROFILE'],
      isBroken: settings.isHardened && settings.legacySpellings,
      message: 'LEGACY_SPELLINGS must be false with PROFILE hardened',
    },
    {
      between: ['RESET_PASSWORD_URL', 'PUBLIC_URL'],
      isBroken: settings.isHttps && !settings.resetPasswordUrl.startsWith('https://'),
      message: 'RESET_PASSWORD_URL must be https when PUBLIC_URL is: it is given a secret',
    },
    {
      between: ['S3_BUCKET', 'S3_ENDPOINT', 'S3_ACCESS_KEY_ID', 'S3_SECRET_ACCESS_KEY'],
      isBroken: isS3Halfway(parsed),
      message:
        'S3_BUCKET must be set together with S3_ACCESS_KEY_ID and S3_SECRET_ACCESS_KEY, and S3_ENDPOINT only with all three',
    },
    {
      between: ['PORT', 'WORKERS'],
      isBroken: settings.workers > 1 && settings.port === 0,
      message: 'PORT must not be 0 with several WORKERS',
    },
  ];
}

function isS3Halfway(parsed: ParsedSettings): boolean {
  const parts = [parsed.S3_BUCKET, parsed.S3_ACCESS_KEY_ID, parsed.S3_SECRET_ACCESS_KEY];
  const isWhole = parts.every((part) => part !== '');
  return !isWhole && [...parts, parsed.S3_ENDPOINT].some((part) => part !== '');
}
