import { constants, createPublicKey, publicEncrypt, randomBytes, randomInt } from 'node:crypto';

const PASSWORD = 'correct horse battery staple';
/** An account locks after 100 wrong passwords here. */
const USES_OF_AN_ACCOUNT = 40;
/** A key lives two minutes. */
const KEY_MS = 30_000;
const BLOCK_BYTES = 256;

const nonZero = (length) => Buffer.from(randomBytes(length).map((byte) => byte || 1));

const aWrongPassword = () => Buffer.from(randomBytes(6).toString('hex'));

/** 00 02, padding that is not zero, 00, the password (RFC 8017 §7.2.1). */
function goodBlock(password = aWrongPassword()) {
  return Buffer.concat([Buffer.of(0, 2), nonZero(BLOCK_BYTES - 3 - password.length), Buffer.of(0), password]);
}

const SPOILERS = [
  (block) => void (block[1] = 1),
  (block) => void (block[0] = 1),
  (block) => void (block[2 + randomInt(8)] = 0),
  (block) => void block.subarray(2).set(nonZero(BLOCK_BYTES - 2)),
  (block) => void block.subarray(1).set(randomBytes(BLOCK_BYTES - 1)),
];

function badBlock() {
  const block = goodBlock();
  SPOILERS[randomInt(SPOILERS.length)](block);
  return block;
}

const blockOf = { good: () => goodBlock(), bad: badBlock };

let round = 0;
let networks = 0;

/** A network of its own for each request: a key is not retired for any of them. */
function anotherNetwork() {
  networks += 1;
  return `198.${18 + (networks >> 16)}.${(networks >> 8) & 255}.${networks & 255}`;
}

/** Whether the padding of a password that came encrypted is right; the password is wrong in any case. */
export const paddingProbe = {
  name: '/auth/login (sealed)',
  path: '/auth/login',
  status: 401,
  isGuess: true,
  sides: ['good', 'bad'],
  async requestsFor(service, count) {
    round += 1;
    const size = Math.ceil((2 * count) / USES_OF_AN_ACCOUNT);
    const usernames = Array.from({ length: size }, (_, index) => `sealed-${round}-${index}`);
    const accounts = usernames.map((username) => ({ username, email: `${username}@example.org` }));
    await service.createAccounts(accounts, PASSWORD);
    const keyOfNow = keySource(service);
    const requestFor = async (block, index) => {
      const { keyID, key } = await keyOfNow();
      const encrypted = publicEncrypt({ key, padding: constants.RSA_NO_PADDING }, block);
      const body = { username: usernames[index % size], keyID, encryptedPassword: encrypted.toString('base64') };
      return { body, headers: { 'x-forwarded-for': anotherNetwork() } };
    };
    const { body, headers } = await requestFor(goodBlock(Buffer.from(PASSWORD)), 0);
    const { status } = await service.post(this.path, body, headers);
    // what is compared would be nothing
    if (status !== 200) throw new Error(`a right password that was padded right was answered ${status}`);
    return (side, index) => requestFor(blockOf[side](), index);
  },
};

function keySource(service) {
  let latest = null;
  return async () => {
    if (latest && performance.now() - latest.askedAt < KEY_MS) return latest;
    const askedAt = performance.now();
    const { status, text } = await service.get('/auth/key');
    if (status !== 200) throw new Error(`/auth/key answered ${status}`);
    const { id, key } = JSON.parse(text);
    latest = {
      askedAt,
      keyID: id,
      key: createPublicKey({ key: Buffer.from(key, 'base64'), format: 'der', type: 'pkcs1' }),
    };
    return latest;
  };
}
