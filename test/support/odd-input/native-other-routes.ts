import { aPerson, anAccount, bearer, signIn } from '../accounts';
import { aSecuredAccount, freshCode, generate, ticketFor } from '../second-factor';
import type { TestApp } from '../test-app';
import type { OddRoute } from './odd-route';

const signedIn = async (service: TestApp) => {
  const person = await anAccount(service);
  return { person, tokens: await signIn(service, person) };
};

/** Routes of native's second factor. */
export const secondFactorRoutes: readonly OddRoute[] = [
  {
    route: 'POST /auth/mfa/generate',
    lasts: true,
    shape: 'native',
    fields: {},
    aim: async (service) => ({ body: {}, headers: bearer((await signedIn(service)).tokens) }),
  },
  {
    route: 'POST /auth/mfa/enable',
    shape: 'native',
    fields: { code: 'code' },
    aim: async (service) => {
      const { tokens } = await signedIn(service);
      return { headers: bearer(tokens), body: { code: await freshCode(service, await generate(service, tokens)) } };
    },
  },
  {
    route: 'POST /auth/mfa/disable',
    shape: 'native',
    fields: { code: 'code' },
    aim: async (service) => {
      const { tokens, secret } = await aSecuredAccount(service);
      return { headers: bearer(tokens), body: { code: await freshCode(service, secret) } };
    },
  },
  {
    route: 'POST /auth/mfa/totp',
    shape: 'native',
    fields: { ticket: 'ticket', code: 'code' },
    aim: async (service) => {
      const { owner, secret } = await aSecuredAccount(service);
      return { body: { ticket: await ticketFor(service, owner), code: await freshCode(service, secret) } };
    },
  },
  {
    route: 'POST /auth/mfa/recovery-codes',
    lasts: true,
    shape: 'native',
    fields: {},
    aim: async (service) => ({ body: {}, headers: bearer((await aSecuredAccount(service)).tokens) }),
  },
];

/** Only with `LEGACY_SPELLINGS`; one of them in place of native's own. */
export const legacyRoutes: readonly OddRoute[] = [
  {
    route: 'POST /auth/register',
    shape: 'native',
    fields: {
      email: 'email',
      password: 'newPassword',
      username: 'username',
      cookie: 'flag',
      user_data: 'data',
      register_options: 'data',
    },
    aim: () => {
      const { email, password } = aPerson();
      const more = { cookie: true, user_data: { plan: 'free' }, register_options: { locale: 'en', roles: ['me'] } };
      return Promise.resolve({ body: { email, password, username: email.replace('@', '-at-'), ...more } });
    },
  },
  {
    route: 'POST /auth/change-password',
    shape: 'native',
    fields: { old_password: 'secret', new_password: 'newPassword' },
    aim: async (service) => {
      const { person, tokens } = await signedIn(service);
      return { headers: bearer(tokens), body: { old_password: person.password, new_password: 'chosen just now' } };
    },
  },
  {
    route: 'POST /auth/change-email',
    lasts: true,
    shape: 'native',
    fields: { new_email: 'email' },
    aim: async (service) => ({
      headers: bearer((await signedIn(service)).tokens),
      body: { new_email: aPerson().email },
    }),
  },
  {
    route: 'POST /auth/logout',
    shape: 'native',
    fields: { all: 'flag' },
    aim: async (service) => {
      const { tokens } = await signedIn(service);
      return { body: { all: false }, url: `/auth/logout?refresh_token=${encodeURIComponent(tokens.refresh)}` };
    },
  },
  {
    route: 'POST /api/user/identifier',
    shape: 'vault',
    fields: { email: 'email' },
    extra: true,
    aim: () => Promise.resolve({ body: { email: aPerson().email } }),
  },
];
