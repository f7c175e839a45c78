import jwt, { type JwtHeader, type JwtPayload } from 'jsonwebtoken';
import { createPublicKey, generateKeyPairSync, type JsonWebKey, type KeyObject } from 'node:crypto';
import { SigningKeys } from '../../src/core/session/signing-keys.service';
import { newId } from '../../src/kernel/ids';
import { ServiceKeys, type ServiceKeyName } from '../../src/platform/keys/service-keys.service';
import { anAccount, signIn, type Person, type Tokens } from '../support/accounts';
import { startTestApp, type TestApp } from '../support/test-app';
import { TestClock } from '../support/test-clock';
import { verifiers, type Demands, type Verifier } from '../support/token-verifiers';

/** Every JWT_ALGORITHM there is. Each verifier can do each: were there one that could not, it would stand here, and why. */
const ALGORITHMS = ['ES256', 'ES384', 'RS256', 'PS256'] as const;
type OurAlgorithm = (typeof ALGORITHMS)[number];

const ISSUER = 'https://id.example.org';
const AUDIENCE = 'shop';

/** A running service, and what somebody holds who would pass something else off as an access token of it. */
interface World {
  readonly service: TestApp;
  readonly person: Person;
  readonly algorithm: OurAlgorithm;
  readonly tokens: Tokens;
  readonly expired: string;
  readonly foreign: { readonly privateKey: KeyObject; readonly publicKey: KeyObject };
}

async function startWorld(algorithm: OurAlgorithm): Promise<World & { readonly jwksUri: string }> {
  // others go by the machine's clock, so the service must too
  const clock = new TestClock(new Date());
  const environment = { JWT_ALGORITHM: algorithm, JWT_ISSUER: ISSUER, JWT_AUDIENCE: AUDIENCE };
  const service = await startTestApp({ clock, environment });
  await service.app.listen(0, '127.0.0.1');
  const person = await anAccount(service);
  clock.advanceSeconds(-3600);
  const expired = (await signIn(service, person)).access;
  clock.set(new Date());
  const tokens = await signIn(service, person);
  const jwksUri = `${await service.app.getUrl()}/auth/jwks`;
  return { service, person, algorithm, tokens, expired, foreign: foreignPair(algorithm), jwksUri };
}

function foreignPair(algorithm: OurAlgorithm): World['foreign'] {
  if (algorithm === 'ES256') return generateKeyPairSync('ec', { namedCurve: 'P-256' });
  if (algorithm === 'ES384') return generateKeyPairSync('ec', { namedCurve: 'P-384' });
  return generateKeyPairSync('rsa', { modulusLength: 2048 });
}

const headerOf = (token: string): JwtHeader => jwt.decode(token, { complete: true })!.header;
const claimsOf = (token: string): JwtPayload => jwt.decode(token) as JwtPayload;
const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
const signatureOf = (token: string): string => token.split('.')[2]!;

function signedByForeigner({ tokens, foreign, algorithm }: World, header: Partial<JwtHeader>): string {
  return jwt.sign(claimsOf(tokens.access), foreign.privateKey, { algorithm, header: { alg: algorithm, ...header } });
}

/** An access token's claims under a key of ours that is not for access tokens. */
function signedWith(world: World, name: ServiceKeyName, header: Partial<JwtHeader> = {}): string {
  const secret = world.service.app.get(ServiceKeys, { strict: false }).key(name);
  const claims = { ...claimsOf(world.tokens.access), token_type: name };
  return jwt.sign(claims, secret, { algorithm: 'HS256', header: { alg: 'HS256', ...header } });
}

/** A token of ours with claims that no service of ours with these settings would write. */
function signedByUs(world: World, changed: object): string {
  const { kid, algorithm, privateKey } = world.service.app.get(SigningKeys, { strict: false }).current();
  return jwt.sign({ ...claimsOf(world.tokens.access), ...changed }, privateKey, { algorithm, keyid: kid });
}

function signedWithPublicKey({ service, tokens }: World, form: (key: KeyObject) => string | Buffer): string {
  const { kid } = headerOf(tokens.access);
  const published = service.app.get(SigningKeys, { strict: false }).find(kid!)!.publicKey;
  return jwt.sign(claimsOf(tokens.access), Buffer.from(form(published)), { algorithm: 'HS256', keyid: kid! });
}

const pemOf = (key: KeyObject): string => key.export({ format: 'pem', type: 'spki' }).toString();

/** What is no access token of ours, whatever its checker asks for or forgets to ask for. */
const NO_ACCESS_TOKENS: Record<string, (world: World) => string> = {
  'a refresh token': ({ tokens }) => tokens.refresh,
  'a device token': ({ tokens }) => tokens.device,
  'an enrolment token': (world) => signedWith(world, 'enrolment'),
  'an enrolment token under the published key id': (world) =>
    signedWith(world, 'enrolment', { kid: headerOf(world.tokens.access).kid! }),
  'a refresh token under the published key id': (world) =>
    signedWith(world, 'refresh', { kid: headerOf(world.tokens.access).kid! }),
  'an expired token': ({ expired }) => expired,
  'a token that nobody signed': ({ tokens }) =>
    `${encode({ ...headerOf(tokens.access), alg: 'none' })}.${encode(claimsOf(tokens.access))}.`,
  'alg none over the signature of another': ({ tokens }) =>
    `${encode({ ...headerOf(tokens.access), alg: 'none' })}.${encode(claimsOf(tokens.access))}.${signatureOf(tokens.access)}`,
  'other claims over our signature': ({ tokens }) =>
    `${encode(headerOf(tokens.access))}.${encode({ ...claimsOf(tokens.access), roles: ['admin'] })}.${signatureOf(tokens.access)}`,
  'HS256 under the public key’s PEM': (world) => signedWithPublicKey(world, pemOf),
  'HS256 under the PEM without its last line end': (world) => signedWithPublicKey(world, (key) => pemOf(key).trim()),
  'HS256 under the public key’s DER': (world) =>
    signedWithPublicKey(world, (key) => key.export({ format: 'der', type: 'spki' })),
  'a foreign key under its own id': (world) => signedByForeigner(world, { kid: newId() }),
  'a foreign key under our id': (world) => signedByForeigner(world, { kid: headerOf(world.tokens.access).kid! }),
  'a foreign key without an id': (world) => signedByForeigner(world, {}),
  'a foreign key that the token brings along': (world) => {
    const jwk = world.foreign.publicKey.export({ format: 'jwk' });
    const header = { kid: headerOf(world.tokens.access).kid!, jwk };
    return signedByForeigner(world, header);
  },
};

/** What only issuer and audience tell apart: tokens under our very key, for others. */
const FOR_OTHERS: Record<string, (world: World) => string> = {
  'a token of another issuer': (world) => signedByUs(world, { iss: 'https://elsewhere.example.org' }),
  'a token for another audience': (world) => signedByUs(world, { aud: 'bank' }),
};

describe.each(ALGORITHMS)('access tokens under %s', (algorithm) => {
  let world: World & { readonly jwksUri: string };
  const careful: Demands = { issuer: ISSUER, audience: AUDIENCE, algorithms: [algorithm] };

  beforeAll(async () => {
    world = await startWorld(algorithm);
  });

  afterAll(() => world.service.close());

  describe.each(Object.entries(verifiers))('%s', (_name, verifierOf) => {
    let strict: Verifier;
    let careless: Verifier;

    beforeAll(() => {
      strict = verifierOf(world.jwksUri, careful);
      careless = verifierOf(world.jwksUri, {});
    });

    it('accepts them, by issuer, audience and algorithm', async () => {
      const { access } = world.tokens;
      expect(headerOf(access)).toEqual({ alg: algorithm, kid: expect.any(String), typ: 'JWT' });
      await expect(strict.check(access)).resolves.toEqual(claimsOf(access));
      await expect(careless.check(access)).resolves.toEqual(claimsOf(access));
    });

    it.each(Object.entries(NO_ACCESS_TOKENS))('refuses %s, whatever it asks for', async (_what, make) => {
      const token = make(world);
      await expect(strict.check(token)).resolves.toBeNull();
      await expect(careless.check(token)).resolves.toBeNull();
    });

    it.each(Object.entries(FOR_OTHERS))('refuses %s', async (_what, make) => {
      await expect(strict.check(make(world))).resolves.toBeNull();
    });
  });

  it('are the only ones that a key of the published set can check', () => {
    const { keys } = world.service.app.get(SigningKeys, { strict: false }).jwks();
    const published = keys.map((key) => createPublicKey({ key: key as JsonWebKey, format: 'jwk' }));
    expect(published.map((key) => [key.type, key.asymmetricKeyType])).toEqual([
      ['public', algorithm.startsWith('ES') ? 'ec' : 'rsa'],
    ]);
  });

  it('are the only ones that the service itself takes for them', async () => {
    const me = (access: string) => world.service.get('/user/me', { authorization: `Bearer ${access}` });
    expect((await me(world.tokens.access)).statusCode).toBe(200);
    for (const make of [...Object.values(NO_ACCESS_TOKENS), ...Object.values(FOR_OTHERS)]) {
      expect((await me(make(world))).statusCode).toBe(401);
    }
  });
});
