import { anAccount } from '../accounts';
import { aSealedPerson, forgetPassword, seal, validateOtp } from '../sealed';
import type { TestApp } from '../test-app';
import type { OddRoute } from './odd-route';

async function aCode(service: TestApp) {
  const { challage, code } = await forgetPassword(service, await anAccount(service));
  return { challage, code: code ?? '' };
}

export const sealedRoutes: readonly OddRoute[] = [
  {
    route: 'POST /auth/register',
    shape: 'sealed',
    fields: { username: 'username', email: 'email', encryptedPassword: 'ciphertext', keyID: 'keyId' },
    aim: async (service) => {
      const { email, username } = aSealedPerson();
      return { body: { username, email, ...(await seal(service, 'pass e\u0301 🔑 word')) } };
    },
  },
  {
    route: 'POST /auth/login',
    lasts: true,
    shape: 'sealed',
    fields: { username: 'username', encryptedPassword: 'ciphertext', keyID: 'keyId', totpCode: 'code' },
    aim: async (service) => {
      const { username } = aSealedPerson();
      const { password } = await anAccount(service, { username });
      return { body: { username, totpCode: '123456', ...(await seal(service, password)) } };
    },
  },
  {
    route: 'POST /auth/forget-password',
    lasts: true,
    shape: 'sealed',
    fields: { email: 'email' },
    aim: async (service) => ({ body: { email: (await anAccount(service)).email } }),
  },
  {
    route: 'POST /auth/validate-otp/:challage',
    shape: 'sealed',
    fields: { oneTimePassword: 'mailedCode' },
    aim: async (service) => {
      const { challage, code } = await aCode(service);
      return { url: `/auth/validate-otp/${challage}`, body: { oneTimePassword: code } };
    },
  },
  {
    route: 'POST /auth/reset-password',
    shape: 'sealed',
    fields: { oneTimeToken: 'ticket', encryptedPassword: 'ciphertext', keyID: 'keyId' },
    aim: async (service) => {
      const { challage, code } = await aCode(service);
      const { uuid: oneTimeToken } = (await validateOtp(service, challage, code)).json<{ uuid: string }>();
      return { body: { oneTimeToken, ...(await seal(service, 'chosen e\u0301 🔑 now')) } };
    },
  },
];
