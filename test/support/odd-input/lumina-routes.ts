import { aNamedOwner, aNamedPerson, aPlainOwner } from '../lumina';
import { freshCode } from '../second-factor';
import type { OddRoute } from './odd-route';

export const luminaRoutes: readonly OddRoute[] = [
  {
    route: 'POST /api/v1/auth/register',
    shape: 'lumina',
    // passwords must be given twice and be composed, so these stay as they are
    fields: { Use2fa: 'flag' },
    aim: () => {
      const { username: Username } = aNamedPerson();
      const Password = 'Aa1$ e\u0301 🔑 \u202e';
      return Promise.resolve({ body: { Username, Password, PasswordConfirm: Password, Use2fa: true } });
    },
  },
  {
    route: 'POST /api/v1/auth/login',
    lasts: true,
    shape: 'lumina',
    fields: { Username: 'username', Password: 'secret', TotpCode: 'code' },
    aim: async (service) => {
      const { username: Username, password: Password } = await aPlainOwner(service);
      return { body: { Username, Password, TotpCode: null } };
    },
  },
  {
    route: 'POST /api/v1/auth/recover-password',
    shape: 'lumina',
    fields: { Username: 'username', TotpCode: 'code' },
    aim: async (service) => {
      const { username: Username, secret } = await aNamedOwner(service);
      return { body: { Username, TotpCode: await freshCode(service, secret) } };
    },
  },
  {
    route: 'POST /api/v1/auth/change-password',
    shape: 'lumina',
    fields: { Username: 'username', CurrentPassword: 'secret', TotpCode: 'code' },
    aim: async (service) => {
      const { username: Username, password: CurrentPassword } = await aPlainOwner(service);
      const NewPassword = 'Aa1$ e\u0301 🔑 \u202e';
      return { body: { Username, CurrentPassword, NewPassword, NewPasswordConfirm: NewPassword, TotpCode: '' } };
    },
  },
];
