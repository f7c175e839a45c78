import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import { walkThrough } from '../support/documented-walk';

const PAGE = 'docs/contracts/sealed.md';

describe('the page of the sealed contract', () => {
  it('has a walk that works as it is written', async () => {
    const lines = await walkThrough(PAGE);
    expect(lines).toHaveLength(4);
    const [registered, me, renewed, asked] = lines.map((line) => JSON.parse(line) as object);
    const user = { username: 'your_username', email: 'email@example.com' };
    expect(registered).toMatchObject({ user, tokens: { accessToken: expect.any(String) } });
    expect(me).toMatchObject(user);
    expect(renewed).toEqual(me);
    expect(asked).toEqual({ challage: expect.any(String) });
  }, 110_000);

  it('tells the bytes that make an SPKI of a key', () => {
    const page = readFileSync(resolve(__dirname, '../..', PAGE), 'utf8');
    const prefix = /`(3082[0-9a-f]+)` before its bytes/.exec(page)?.[1] ?? '';
    const { publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const key = Buffer.concat([Buffer.from(prefix, 'hex'), publicKey.export({ format: 'der', type: 'pkcs1' })]);
    expect(createPublicKey({ key, format: 'der', type: 'spki' }).equals(publicKey)).toBe(true);
  });
});
