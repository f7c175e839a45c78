import { aPerson, anAccount, bearer, newestTicket, register, resetTicket, signIn } from '../accounts';
import { emailTicket } from '../takeover';
import type { TestApp } from '../test-app';
import type { OddRoute } from './odd-route';

type NativeRoute = Omit<OddRoute, 'shape' | 'fields'> & Partial<Pick<OddRoute, 'fields'>>;

const native = (route: NativeRoute): OddRoute => ({ fields: {}, ...route, shape: 'native' });

/** Somebody signed in, whom no other request knows. */
async function signedIn(service: TestApp) {
  const person = await anAccount(service);
  const tokens = await signIn(service, person);
  return { person, tokens, headers: bearer(tokens) };
}

const registration = async (service: TestApp) => {
  const person = aPerson();
  await register(service, person);
  return { person, ticket: await newestTicket(service, person, 'activate') };
};

/** Ways to come by an account and to keep it. */
const addresses: readonly NativeRoute[] = [
  {
    route: 'POST /auth/register',
    fields: { email: 'email', password: 'newPassword', username: 'username' },
    aim: () => {
      const { email, password } = aPerson();
      return Promise.resolve({ body: { email, password, username: email.replace('@', '-at-') } });
    },
  },
  {
    route: 'POST /auth/activate',
    fields: { ticket: 'ticket' },
    aim: async (service) => ({ body: { ticket: (await registration(service)).ticket } }),
  },
  {
    route: 'POST /auth/activate/request',
    lasts: true,
    fields: { email: 'email' },
    aim: async (service) => ({ body: { email: (await registration(service)).person.email } }),
  },
  {
    route: 'POST /auth/verify-email',
    fields: { ticket: 'ticket', password: 'secret' },
    aim: async (service) => {
      const { email, password } = aPerson();
      await service.post('/api/v1/register', { email, password, username: email.replace('@', '-at-') });
      return { body: { ticket: await newestTicket(service, { email }, 'verify-email'), password } };
    },
  },
  {
    route: 'POST /auth/change-email/request',
    lasts: true,
    fields: { new_email: 'email' },
    aim: async (service) => ({ body: { new_email: aPerson().email }, headers: (await signedIn(service)).headers }),
  },
  {
    route: 'POST /auth/change-email/change',
    fields: { ticket: 'ticket' },
    aim: async (service) => {
      const { tokens } = await signedIn(service);
      return { body: { ticket: await emailTicket(service, tokens, aPerson().email) } };
    },
  },
];

const passwords: readonly NativeRoute[] = [
  {
    route: 'POST /auth/change-password/request',
    fields: { ticket: 'ticket', new_password: 'newPassword', forget_devices: 'flag' },
    aim: async (service) => {
      const ticket = await resetTicket(service, await anAccount(service));
      return { body: { ticket, new_password: 'chosen just now', forget_devices: false } };
    },
  },
  {
    route: 'POST /auth/change-password/change',
    fields: { old_password: 'secret', new_password: 'newPassword', forget_devices: 'flag' },
    aim: async (service) => {
      const { person, headers } = await signedIn(service);
      return { headers, body: { old_password: person.password, new_password: 'chosen now', forget_devices: true } };
    },
  },
  {
    route: 'POST /auth/reauthenticate',
    lasts: true,
    fields: { password: 'secret', code: 'code' },
    aim: async (service) => {
      const { person, headers } = await signedIn(service);
      return { headers, body: { password: person.password, code: '000000' } };
    },
  },
];

const sessions: readonly NativeRoute[] = [
  {
    route: 'POST /auth/login',
    lasts: true,
    fields: { email: 'email', password: 'secret', totp_code: 'code', cookie: 'flag' },
    aim: async (service) => {
      const { email, password } = await anAccount(service);
      return { body: { email, password, totp_code: '123456', cookie: false } };
    },
  },
  {
    route: 'POST /auth/token/refresh',
    fields: { refresh_token: 'token' },
    aim: async (service) => ({ body: { refresh_token: (await signedIn(service)).tokens.refresh } }),
  },
  {
    route: 'POST /auth/token/revoke',
    fields: { all: 'flag' },
    aim: async (service) => ({ body: { all: false }, headers: (await signedIn(service)).headers }),
  },
  { route: 'POST /auth/delete', aim: async (service) => ({ body: {}, headers: (await signedIn(service)).headers }) },
  {
    route: 'DELETE /auth/sessions/:id',
    aim: async (service) => {
      const { headers } = await signedIn(service);
      const [session] = (await service.get('/auth/sessions', headers)).json<{ id: string }[]>();
      return { body: {}, headers, url: `/auth/sessions/${session?.id ?? ''}` };
    },
  },
  {
    route: 'DELETE /auth/devices/:id',
    aim: async (service) => {
      const { headers } = await signedIn(service);
      const [device] = (await service.get('/auth/devices', headers)).json<{ id: string }[]>();
      return { body: {}, headers, url: `/auth/devices/${device?.id ?? ''}` };
    },
  },
  {
    route: 'POST /auth/unlock/request',
    lasts: true,
    fields: { email: 'email' },
    aim: async (service) => ({ body: { email: (await anAccount(service)).email } }),
  },
  {
    route: 'POST /admin/locks/:id/lift',
    lasts: true,
    aim: async (service) => ({
      body: {},
      headers: (await signedIn(service)).headers,
      url: '/admin/locks/3f0b5a9e-5d53-4b8e-9a51-0d9f4c1d8f10/lift',
    }),
  },
];

const profile: NativeRoute = {
  route: 'PATCH /user/me',
  lasts: true,
  fields: { username: 'username', display_name: 'displayName', locale: 'locale' },
  aim: async (service) => {
    const { person, headers } = await signedIn(service);
    const username = person.email.replace('@', '-at-');
    return { headers, body: { username, display_name: 'Ada', locale: 'en-GB' } };
  },
};

/** Native's routes that take bodies, but for the second factor and older spellings. */
export const nativeRoutes = [...addresses, ...passwords, ...sessions, profile].map(native);
