import { UnlockLinks } from '../../../src/core/auth/mails/unlock-links.service';
import { Database } from '../../../src/database/database.service';
import { addSeconds } from '../../../src/kernel/clock';
import { anAccount } from '../accounts';
import { enableTotp } from '../second-factor';
import { undosIn } from '../takeover';
import type { TestApp } from '../test-app';
import { anIdentifier, aVault, aVaultPerson, cookieHeader, enrol, enrolAndProve, mailedCode } from '../vault';
import type { Fields } from './field-kinds';
import type { OddRoute } from './odd-route';

type VaultRoute = Omit<OddRoute, 'shape' | 'extra' | 'fields'> & Partial<Pick<OddRoute, 'fields'>>;

const KEYS: Fields = {
  encryptedDek: 'opaque',
  salt: 'opaque',
  nonce: 'opaque',
  argon2Params: 'opaque',
  authVerifier: 'opaque',
};

async function aChangedVault(service: TestApp) {
  const { person, identifier, cookies } = await aVault(service);
  await enableTotp(service, { access: cookies['sv_at'] ?? '' });
  const [token = ''] = await undosIn(service, person.email);
  return { token, formerAuthVerifier: identifier.authVerifier };
}

/** What the link of a mail about a lock carries, without waiting for the mail. */
export async function unlockToken(service: TestApp): Promise<string> {
  const { email } = await anAccount(service);
  const [row] = await service.database.dataSource.query<{ id: string }[]>('SELECT id FROM users WHERE email = $1', [
    email,
  ]);
  const get = <T>(type: new (...args: never[]) => T) => service.app.get<T>(type, { strict: false });
  const until = addSeconds(service.clock.now(), 86_400);
  const { link } = await get(UnlockLinks).drawOwners(get(Database).pool, row?.id ?? '', until);
  return new URL(link).searchParams.get('token') ?? '';
}

const enrolment: readonly VaultRoute[] = [
  {
    route: 'POST /api/auth',
    fields: { username: 'username', email: 'email' },
    aim: () => {
      const { username, email } = aVaultPerson();
      return Promise.resolve({ body: { username, email } });
    },
  },
  {
    route: 'PATCH /api/auth/verif/otp',
    fields: { otpCode: 'mailedCode' },
    aim: async (service) => {
      const person = aVaultPerson();
      const cookies = await enrol(service, person);
      return { headers: cookieHeader(cookies), body: { otpCode: await mailedCode(service, person) } };
    },
  },
  {
    route: 'PATCH /api/auth/verif/otp/resend',
    lasts: true,
    aim: async (service) => ({ headers: cookieHeader(await enrol(service, aVaultPerson())), body: {} }),
  },
  {
    route: 'PATCH /api/auth/verif/identifier',
    fields: KEYS,
    aim: async (service) => ({
      headers: cookieHeader(await enrolAndProve(service, aVaultPerson())),
      body: { ...anIdentifier() },
    }),
  },
];

const session: readonly VaultRoute[] = [
  {
    route: 'POST /api/auth/login',
    lasts: true,
    fields: { email: 'email', authVerifier: 'opaque', totpCode: 'code' },
    aim: async (service) => {
      const { person, identifier } = await aVault(service);
      return { body: { email: person.email, authVerifier: identifier.authVerifier, totpCode: '123456' } };
    },
  },
  {
    route: 'POST /api/auth/prelogin',
    lasts: true,
    fields: { email: 'email' },
    aim: async (service) => ({ body: { email: (await aVault(service)).person.email } }),
  },
  {
    route: 'POST /api/auth/refresh',
    aim: async (service) => ({ headers: cookieHeader((await aVault(service)).cookies), body: {} }),
  },
  {
    route: 'DELETE /api/auth/logout',
    aim: async (service) => ({ headers: cookieHeader((await aVault(service)).cookies), body: {} }),
  },
  {
    route: 'POST /api/auth/report-failed',
    lasts: true,
    fields: { email: 'email' },
    aim: async (service) => ({ body: { email: (await aVault(service)).person.email } }),
  },
  {
    route: 'POST /api/auth/unlock-account',
    fields: { token: 'ticket' },
    aim: async (service) => ({ body: { token: await unlockToken(service) } }),
  },
];

const undo: readonly VaultRoute[] = [
  {
    route: 'POST /api/auth/undo/prelogin',
    lasts: true,
    fields: { token: 'ticket' },
    aim: async (service) => ({ body: { token: (await aChangedVault(service)).token } }),
  },
  {
    route: 'POST /api/auth/undo/identifier',
    lasts: true,
    fields: { token: 'ticket', formerAuthVerifier: 'opaque' },
    aim: async (service) => ({ body: await aChangedVault(service) }),
  },
  {
    route: 'POST /api/auth/undo',
    fields: { token: 'ticket', formerAuthVerifier: 'opaque', ...KEYS },
    aim: async (service) => ({
      body: { ...(await aChangedVault(service)), ...anIdentifier({ authVerifier: 'bmV4dA==' }) },
    }),
  },
];

export const vaultRoutes: readonly OddRoute[] = [...enrolment, ...session, ...undo].map((route) => ({
  fields: {},
  ...route,
  shape: 'vault',
  extra: true,
}));
