import { bearer, expectStatus, resetTicket } from '../support/accounts';
import {
  aNamedOwner,
  changePassword,
  luminaLogin,
  luminaSignIn,
  temporaryPassword,
  type NamedPerson,
} from '../support/lumina';
import { luminaProblemOf } from '../support/lumina-problem';
import { aSecuredAccount, codeNow, freshCode } from '../support/second-factor';
import { startTestApp, type TestApp } from '../support/test-app';

let service: TestApp;
beforeAll(async () => {
  service = await startTestApp();
});
afterAll(() => service.close());

const MINE = 'Mine-again-1';
const HIS = ['His-own-1', 'His-own-2'] as const;

/** Changes a password with nothing but the present one. */
async function take(person: NamedPerson, password: string): Promise<NamedPerson> {
  expectStatus(await changePassword(service, person, password), 200);
  return { ...person, password };
}

describe('who has stolen the password of an account with a second factor, and nothing else', () => {
  it('does not get in, and does not sign the owner out, however often he changes it', async () => {
    const owner = await aNamedOwner(service);
    const tokens = await luminaSignIn(service, owner, await codeNow(service, owner.secret));
    let taken: NamedPerson = owner;
    for (const password of HIS) taken = await take(taken, password);
    expect(luminaProblemOf(await luminaLogin(service, taken)).code).toBe('mfa-required');
    expect((await service.get('/user/me', bearer(tokens))).statusCode).toBe(200);
  });

  it('does not keep the owner out: a recovery under way is not void by further changes', async () => {
    const owner = await aNamedOwner(service);
    const taken = await take(owner, HIS[0]);
    const temporary = await temporaryPassword(service, owner, await codeNow(service, owner.secret));
    const again = await take(taken, HIS[1]);
    expectStatus(await changePassword(service, { ...owner, password: temporary }, MINE), 200);
    expect(luminaProblemOf(await changePassword(service, again, 'His-own-3')).detail).toBe('InvalidCurrentPassword');
    const code = await freshCode(service, owner.secret);
    expect((await luminaLogin(service, { ...owner, password: MINE }, code)).statusCode).toBe(200);
  });

  it('does not void the link that a mail has brought the owner either', async () => {
    const { owner, secret } = await aSecuredAccount(service, { username: 'Wanda' });
    const ticket = await resetTicket(service, owner);
    await take({ username: 'Wanda', password: owner.password }, HIS[0]);
    expectStatus(await service.post('/auth/change-password/change', { ticket, new_password: MINE }), 204);
    const code = await freshCode(service, secret);
    expect((await luminaLogin(service, { username: 'Wanda', password: MINE }, code)).statusCode).toBe(200);
  });

  it('does not become a known device by it, nor is his network known', async () => {
    const owner = await aNamedOwner(service);
    const answer = await changePassword(service, owner, HIS[0]);
    expect(answer.headers['x-device-token']).toBeUndefined();
    const count = async (table: string) =>
      (await service.database.dataSource.query<unknown[]>(`SELECT 1 FROM ${table} WHERE user_id = $1`, [owner.id]))
        .length;
    expect([await count('devices'), await count('known_networks')]).toEqual([0, 0]);
  });
});
