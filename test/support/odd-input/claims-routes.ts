import { bearer, newestTicket } from '../accounts';
import { aClaimsAccount, aClaimsPerson, claimsSignIn } from '../claims';
import type { TestApp } from '../test-app';
import type { OddRoute } from './odd-route';

type ClaimsRoute = Omit<OddRoute, 'shape' | 'extra' | 'fields'> & Partial<Pick<OddRoute, 'fields'>>;

async function signedIn(service: TestApp) {
  return claimsSignIn(service, await aClaimsAccount(service));
}

const logout = (route: string): ClaimsRoute => ({
  route,
  aim: async (service) => ({ body: {}, headers: bearer(await signedIn(service)) }),
});

const routes: readonly ClaimsRoute[] = [
  {
    route: 'POST /api/v1/register',
    fields: { email: 'email', username: 'username', password: 'newPassword' },
    aim: () => {
      const { email, username, password } = aClaimsPerson();
      return Promise.resolve({ body: { email, username, password } });
    },
  },
  {
    route: 'POST /api/v1/login',
    lasts: true,
    fields: { email: 'email', password: 'secret', totp_code: 'code' },
    aim: async (service) => {
      const { email, password } = await aClaimsAccount(service);
      return { body: { email, password, totp_code: '123456' } };
    },
  },
  {
    route: 'POST /api/v1/refresh',
    lasts: true,
    fields: { refresh_token: 'token' },
    aim: async (service) => ({ body: { refresh_token: (await signedIn(service)).refresh } }),
  },
  {
    route: 'POST /api/v1/verify',
    lasts: true,
    fields: { token: 'token' },
    aim: async (service) => ({ body: { token: (await signedIn(service)).access } }),
  },
  {
    route: 'POST /api/v1/password-reset',
    lasts: true,
    fields: { email: 'email', username: 'username' },
    aim: async (service) => {
      const { email, username } = await aClaimsAccount(service);
      return { body: { email, username } };
    },
  },
  {
    route: 'POST /api/v1/password-reset-confirm',
    // both must be the same, so they are odd together or not at all
    fields: { comment: 'secret' },
    aim: async (service) => {
      const { email, username } = await aClaimsAccount(service);
      await service.post('/api/v1/password-reset', { email, username });
      const token = await newestTicket(service, { email }, 'reset-password');
      const password = 'chosen \u202e just e\u0301 🔑 now';
      return {
        url: `/api/v1/password-reset-confirm?token=${encodeURIComponent(token)}`,
        body: { new_password: password, new_password_confirm: password, comment: '' },
      };
    },
  },
  logout('POST /api/v1/logout'),
  logout('POST /api/v1/authorized/logout'),
];

export const claimsRoutes: readonly OddRoute[] = routes.map((route) => ({
  fields: {},
  ...route,
  shape: 'claims',
  extra: true,
}));
