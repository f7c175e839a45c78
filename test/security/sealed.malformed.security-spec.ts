import { createHash, generateKeyPairSync, publicEncrypt, randomBytes } from 'node:crypto';
import type { Response } from 'light-my-request';
import { anAccount } from '../support/accounts';
import { full } from '../support/full';
import { aSecuredAccount, wrongCode } from '../support/second-factor';
import {
  aSealedPerson,
  forgetPassword,
  seal,
  sealedProblemOf,
  sealingKey,
  validateOtp,
  type SealedFields,
  type SealingKey,
} from '../support/sealed';
import { encryptBytes, encryptRaw } from '../support/sealed-clients';
import { startTestApp, type TestApp } from '../support/test-app';

const CIPHERTEXTS = full(120, 4000);
/** Fewer than a network may fail with one key, so that each is really opened. */
const FROM_ONE_NETWORK = 15;
const BLOCK = 256;

const nonZero = (length: number) => Buffer.from(randomBytes(length).map((byte) => byte || 1));
/** 00, type, padding, 00, the password (RFC 8017 §7.2.1). */
const padded = (type: number, padding: number, password: Buffer) =>
  Buffer.concat([Buffer.of(0, type), nonZero(padding), Buffer.of(0), password]);
const filled = (password: Buffer, type = 2) => padded(type, BLOCK - 3 - password.length, password);
const mutated = (block: Buffer, at: number, to: number) => {
  const copy = Buffer.from(block);
  copy[at] = to;
  return copy;
};
const FOREIGN = generateKeyPairSync('rsa', { modulusLength: 2048 })
  .publicKey.export({ format: 'der', type: 'pkcs1' })
  .toString('base64');
const byOaep = (password: Buffer, key: string, oaepHash: 'sha1' | 'sha256') => {
  const publicKey = { key: Buffer.from(key, 'base64'), format: 'der', type: 'pkcs1' } as const;
  return publicEncrypt({ ...publicKey, oaepHash }, password).toString('base64');
};
const word = (length: number) => Buffer.from(randomBytes(length).toString('hex').slice(0, length));

/** Ways of being no good, most of them what somebody who looks for an oracle would send. */
const makers: readonly ((key: string) => string)[] = [
  () => randomBytes(BLOCK).toString('base64'),
  () => randomBytes(BLOCK - 1).toString('base64'),
  () => randomBytes(BLOCK + 1).toString('base64'),
  () => randomBytes(BLOCK).toString('base64url'),
  () => randomBytes(BLOCK).toString('hex'),
  () => randomBytes(8).toString('base64'),
  () => Buffer.concat([Buffer.alloc(255, 0xff), randomBytes(1)]).toString('base64'),
  (key) => encryptRaw(Buffer.concat([Buffer.of(0), randomBytes(255)]), key),
  (key) => encryptRaw(filled(word(12), 1), key),
  (key) => encryptRaw(filled(word(12), 0), key),
  (key) => encryptRaw(mutated(filled(word(12)), 0, 1 + (randomBytes(1)[0] ?? 0) / 4), key),
  // a zero within the first eight bytes of padding
  (key) => encryptRaw(mutated(filled(word(12)), 2 + ((randomBytes(1)[0] ?? 0) % 8), 0), key),
  // no zero after the padding at all
  (key) => encryptRaw(Buffer.concat([Buffer.of(0, 2), nonZero(BLOCK - 2)]), key),
  // an empty password, one of bytes that are no text, one too long for any
  (key) => encryptRaw(filled(Buffer.alloc(0)), key),
  (key) => encryptBytes(Buffer.concat([Buffer.of(0xff), randomBytes(7)]), key),
  (key) => encryptBytes(word(240), key),
  // right but for one bit on the way here
  (key) => {
    const bytes = Buffer.from(encryptBytes(word(12), key), 'base64');
    return mutated(bytes, 255, (bytes[255] ?? 0) ^ 1).toString('base64');
  },
  // cut off on the way here
  (key) => encryptBytes(word(12), key).slice(0, 4 * (1 + ((randomBytes(1)[0] ?? 0) % 80))),
  // right, but under a key of somebody else's
  () => encryptBytes(word(12), FOREIGN),
  () => byOaep(word(12), FOREIGN, 'sha256'),
  // right, but what no password may be
  (key) => encryptBytes(word(5), key),
  (key) => byOaep(word(5), key, 'sha1'),
  (key) => byOaep(word(190), key, 'sha256'),
  // what looks like OAEP, whose hashes do not fit
  (key) =>
    encryptRaw(
      Buffer.concat([Buffer.of(0), createHash('sha256').update(randomBytes(8)).digest(), randomBytes(223)]),
      key,
    ),
];

/** Nothing is wrong with the ciphertext, but with the password in it. */
const wrongOnes: typeof makers = [
  (key) => encryptBytes(word(12), key),
  (key) => encryptBytes(Buffer.from('пароль 😀'), key),
  (key) => byOaep(word(12), key, 'sha1'),
  (key) => byOaep(word(12), key, 'sha256'),
];

const made = (all: typeof makers, index: number, { id, key }: SealingKey): SealedFields => ({
  encryptedPassword: all[index % all.length]?.(key) ?? '',
  keyID: index % 40 === 39 ? id + 1000 : id,
});
const malformed = (index: number, key: SealingKey) => made(makers, index, key);
const wrong = (index: number, key: SealingKey) => made([...makers, ...wrongOnes], index, key);

/** All that a caller gets to see. */
function seen({ statusCode, headers, body, cookies }: Response): string {
  const { date: _date, ...rest } = headers;
  return JSON.stringify([statusCode, rest, body, cookies]);
}

const networkOf = (index: number) => {
  const number = Math.floor(index / FROM_ONE_NETWORK);
  return `198.18.${String(Math.floor(number / 200))}.${String(1 + (number % 200))}`;
};

async function anOwner(service: TestApp) {
  const { username } = aSealedPerson();
  return { ...(await anAccount(service, { username })), username };
}

const send = (service: TestApp, url: string, remoteAddress: string, payload: object) =>
  service.inject({ method: 'POST', url, remoteAddress, payload });
const login = (service: TestApp, remoteAddress: string, payload: object) =>
  send(service, '/auth/login', remoteAddress, payload);

it(`${String(CIPHERTEXTS)} sealed passwords that are no good have one answer, whatever is wrong with them`, async () => {
  const service = await startTestApp({ environment: { LOCKOUT_ATTEMPTS: '100' } });
  const { username } = await anOwner(service);
  const key = await sealingKey(service);
  const first = await login(service, '198.51.100.7', { username, ...(await seal(service, 'a wrong password')) });
  expect(sealedProblemOf(first)).toEqual({ status: 401, code: 'invalid-credentials' });
  const answers = new Set<string>();
  for (let index = 0; index < CIPHERTEXTS; index += 1) {
    if (index % FROM_ONE_NETWORK === 0) await service.database.dataSource.query('TRUNCATE locks');
    answers.add(seen(await login(service, networkOf(index), { username, ...wrong(index, key) })));
  }
  expect([...answers]).toEqual([seen(first)]);
  await service.close();
}, 600_000);

it('each counts in the lockout as a wrong password: the same answers, the same lock, as long', async () => {
  const service = await startTestApp();
  const [one, two] = [await anOwner(service), await anOwner(service)];
  const seen: (string | undefined)[][] = [[], []];
  for (let index = 0; index < 25; index += 1) {
    const bodies = [
      { username: one.username, ...malformed(index, await sealingKey(service)) },
      { username: two.username, ...(await seal(service, 'a wrong password')) },
    ];
    for (const [which, body] of bodies.entries()) {
      const answer = await login(service, networkOf(index), body);
      const { status, code } = sealedProblemOf(answer);
      seen[which]?.push(`${String(status)} ${code} ${String(answer.headers['retry-after'])}`);
    }
    service.clock.advanceSeconds(5);
  }
  expect(seen[0]).toEqual(seen[1]);
  expect(new Set(seen[0]?.map((line) => line?.split(' ')[1]))).toEqual(new Set(['invalid-credentials', 'locked']));
  await service.close();
});

it('past a lock the ciphertext was not used up: it signs in once the lock is over', async () => {
  const service = await startTestApp();
  const owner = await anOwner(service);
  const { username, password } = owner;
  let answer = await login(service, '198.51.100.7', { username, ...(await seal(service, 'a wrong password')) });
  while (answer.statusCode === 401) {
    answer = await login(service, '198.51.100.7', { username, ...(await seal(service, 'a wrong password')) });
  }
  const body = { username, ...(await seal(service, password)) };
  const refused = await login(service, '198.51.100.7', body);
  expect(sealedProblemOf(refused)).toEqual({ status: 429, code: 'locked' });
  await service.database.dataSource.query('TRUNCATE locks');
  expect((await login(service, '198.51.100.7', body)).statusCode).toBe(200);
  await service.close();
});

it('past a lock of the second factor the ciphertext waits for a code: without one its right password is told to nobody', async () => {
  const service = await startTestApp();
  const { username } = aSealedPerson();
  const { owner, secret } = await aSecuredAccount(service, { username });
  const withCode = async (totpCode: string) => ({ username, totpCode, ...(await seal(service, owner.password)) });
  for (let guess = 0; guess < 10; guess += 1) {
    await login(service, '198.51.100.7', await withCode(await wrongCode(service, secret)));
  }
  const { totpCode, ...body } = await withCode('000000');
  const answers = [];
  for (const fields of [{ totpCode }, {}, { totpCode }, {}]) {
    answers.push(sealedProblemOf(await login(service, '198.51.100.7', { ...body, ...fields })).code);
  }
  expect(answers).toEqual(['locked', 'invalid-credentials', 'locked', 'invalid-credentials']);
  await service.close();
});

describe.each(['register', 'reset-password'] as const)('POST /auth/%s', (route) => {
  it(`has one answer for ${String(CIPHERTEXTS)} of them, too`, async () => {
    const service = await startTestApp();
    const key = await sealingKey(service);
    const oneTimeToken = await aOneTimeToken(service);
    const answers = new Set<string>();
    for (let index = 0; index < CIPHERTEXTS; index += 1) {
      const { email, username } = aSealedPerson();
      const fields = route === 'register' ? { email, username } : { oneTimeToken };
      const payload = { ...fields, ...malformed(index, key) };
      const answer = await send(service, `/auth/${route}`, networkOf(index), payload);
      expect(sealedProblemOf(answer)).toEqual({ status: 400, code: 'invalid-encrypted-password' });
      answers.add(seen(answer));
    }
    expect(answers.size).toBe(1);
    await service.close();
  }, 600_000);
});

async function aOneTimeToken(service: TestApp): Promise<string> {
  const { challage, code } = await forgetPassword(service, await anAccount(service));
  return (await validateOtp(service, challage, code ?? '')).json<{ uuid: string }>().uuid;
}
