import type { Response } from 'light-my-request';
import { logIn, tokensIn, type Tokens } from './accounts';
import { claimsLogin, claimsRefresh, claimsTokensIn } from './claims';
import { sealedLogin, sealedRefresh, sealedRegister, type SealedTokens } from './sealed';
import type { TestApp } from './test-app';

export interface Newcomer {
  readonly email: string;
  readonly username: string;
  readonly password: string;
}

/** How an account is made at once, without a proof, and what opens it. */
export interface SignUp {
  register(person: Newcomer): Promise<Response>;
  /** Null where the account is not, or not any more, his. */
  logIn(person: Newcomer): Promise<Tokens | null>;
  refresh(token: string): Promise<Response>;
}

/** By native where nothing is proved (`AUTO_ACTIVATE`), or by a contract that asks for no proof first. */
export type SignUpWay = 'AUTO_ACTIVATE' | 'claims' | 'sealed';

interface Services {
  readonly service: TestApp;
  /** The same service with AUTO_ACTIVATE=true. */
  readonly automatic: TestApp;
}

const ifSignedIn = (answer: Response, read: (answer: Response) => Tokens) =>
  answer.statusCode === 200 ? read(answer) : null;

const sealedTokensIn = (answer: Response): Tokens => {
  const { accessToken: access, refreshToken: refresh } = answer.json<{ tokens: SealedTokens }>().tokens;
  return { access, refresh, device: String(answer.headers['x-device-token']) };
};

export const signUps: Readonly<Record<SignUpWay, (services: Services) => SignUp>> = {
  AUTO_ACTIVATE: ({ service, automatic }) => ({
    register: ({ email, password }) => automatic.post('/auth/register', { email, password }),
    logIn: async (person) => ifSignedIn(await logIn(automatic, person), tokensIn),
    refresh: (refresh_token) => service.post('/auth/token/refresh', { refresh_token }),
  }),
  claims: ({ service }) => ({
    register: (person) => service.post('/api/v1/register', person),
    logIn: async (person) => ifSignedIn(await claimsLogin(service, person), claimsTokensIn),
    refresh: (token) => claimsRefresh(service, token),
  }),
  sealed: ({ service }) => ({
    register: (person) => sealedRegister(service, person),
    logIn: async (person) => ifSignedIn(await sealedLogin(service, person), sealedTokensIn),
    refresh: (token) => sealedRefresh(service, token),
  }),
};
