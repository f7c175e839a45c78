import type { InjectOptions } from 'light-my-request';
import { startDescribedApp } from '../../support/described-app';
import type { TestApp } from '../../support/test-app';
import {
  anIdentifier,
  aVault,
  aVaultPerson,
  cookieHeader,
  enrol,
  enrolAndProve,
  mailedCode,
  type VaultPerson,
} from '../../support/vault';
import { vaultProblemOf } from '../../support/vault-problem';

const OURS = 'http://localhost:3000';
const CLIENT = 'https://vault.example.com';

let service: TestApp;
beforeAll(async () => {
  service = await startDescribedApp({ environment: { CORS_ORIGINS: CLIENT } });
});
afterAll(() => service.close());

type Cookies = Record<string, string>;
type Prepared = Pick<InjectOptions, 'payload'> & { readonly cookies: Cookies };

const foreign: [string, Record<string, string>][] = [
  ['another origin', { origin: 'https://evil.example.com' }],
  ['the origin null', { origin: 'null' }],
  ['no origin, across sites', { 'sec-fetch-site': 'cross-site' }],
  ['no origin, from a sibling host', { 'sec-fetch-site': 'same-site' }],
];
const own: [string, Record<string, string>][] = [
  ['our own origin', { origin: OURS }],
  ['a client’s origin', { origin: CLIENT, 'sec-fetch-site': 'cross-site' }],
  ['no browser', {}],
];

async function withCode(person: VaultPerson): Promise<Prepared> {
  const cookies = await enrol(service, person);
  return { cookies, payload: { otpCode: await mailedCode(service, person) } };
}

const signedIn = async (...names: string[]): Promise<Cookies> => {
  const { cookies } = await aVault(service);
  return Object.fromEntries(names.map((name) => [name, cookies[name] ?? '']));
};

/** Every write that a cookie gives weight to, and what it takes to succeed. */
const writes: [string, NonNullable<InjectOptions['method']>, string, () => Promise<Prepared>][] = [
  ['proving by code', 'PATCH', '/api/auth/verif/otp', () => withCode(aVaultPerson())],
  [
    'asking for another code',
    'PATCH',
    '/api/auth/verif/otp/resend',
    async () => ({ cookies: await enrol(service, aVaultPerson()) }),
  ],
  [
    'the last step',
    'PATCH',
    '/api/auth/verif/identifier',
    async () => ({ cookies: await enrolAndProve(service, aVaultPerson()), payload: anIdentifier() }),
  ],
  [
    'a change of the master password',
    'PATCH',
    '/api/auth/verif/identifier',
    async () => {
      const payload = { ...anIdentifier(), currentAuthVerifier: anIdentifier().authVerifier };
      return { cookies: await signedIn('sv_at'), payload };
    },
  ],
  ['a refresh', 'POST', '/api/auth/refresh', async () => ({ cookies: await signedIn('sv_rt') })],
  ['a logout by sv_at', 'DELETE', '/api/auth/logout', async () => ({ cookies: await signedIn('sv_at') })],
  ['a logout by sv_rt', 'DELETE', '/api/auth/logout', async () => ({ cookies: await signedIn('sv_rt') })],
];

describe.each(writes)('%s', (_what, method, url, prepare) => {
  const send = ({ cookies, ...rest }: Prepared, headers: Record<string, string>) =>
    service.inject({ method, url, headers: { ...headers, ...cookieHeader(cookies) }, ...rest });

  it('is refused from elsewhere, having done nothing, and served from our pages', async () => {
    for (const [from, headers] of own) {
      const prepared = await prepare();
      for (const [elsewhere, theirs] of foreign) {
        const refused = await send(prepared, theirs);
        expect([elsewhere, vaultProblemOf(refused)]).toEqual([elsewhere, { status: 403, code: 'cross-site' }]);
        expect(refused.headers['set-cookie']).toBeUndefined();
      }
      expect([from, (await send(prepared, headers)).statusCode]).toEqual([from, 200]);
    }
  });
});

it('what no cookie gives weight to needs no origin of ours', async () => {
  const { person, identifier } = await aVault(service);
  const { email } = person;
  const headers = { origin: 'https://evil.example.com' };
  const answers = [
    await service.post('/api/auth/prelogin', { email }, headers),
    await service.post('/api/auth/login', { email, authVerifier: identifier.authVerifier }, headers),
    await service.post('/api/auth', aVaultPerson(), headers),
    await service.post('/api/auth/report-failed', { email }, headers),
  ];
  expect(answers.map(({ statusCode }) => statusCode)).toEqual([200, 200, 200, 200]);
});
