import { anAccount, aPerson, bearer, expectStatus, signIn } from '../support/accounts';
import { changeEmail, reset, undo, undosIn } from '../support/takeover';
import { aVictim, CHOSEN, expectOwners, service, startStory } from '../support/takeover-story';
import { anIdentifier, aVault, undoInApp, vaultLogin } from '../support/vault';

beforeAll(startStory);
afterAll(() => service.close());

const HELPERS = 'of the thief’s helper';

/** An account that has moved away from an address; its link gives the address back to it. */
async function aClaimTo(email: string): Promise<string> {
  const helper = await anAccount(service, { email, password: HELPERS });
  await changeEmail(service, await signIn(service, helper), aPerson().email);
  return (await undosIn(service, email)).at(-1) ?? '';
}

describe('who has an earlier claim to an address', () => {
  it('takes nothing but the address from an account that a thief has moved there', async () => {
    const email = aPerson().email;
    const claim = await aClaimTo(email);
    const victim = await aVictim();
    await changeEmail(service, victim.thief.session, email);
    const [link = ''] = await undosIn(service, victim.owner.email);
    expect((await undo(service, claim, HELPERS, 'the helper’s next')).statusCode).toBe(200);
    expect((await undo(service, link, victim.owner.password, CHOSEN)).statusCode).toBe(200);
    await expectOwners(victim);
  });

  it('does not make room to delete a vault', async () => {
    const { person, identifier } = await aVault(service);
    await reset(service, person.email, 'what the thief chose');
    service.clock.advanceSeconds(5);
    const thief = await signIn(service, { email: person.email, password: 'what the thief chose' });
    await changeEmail(service, thief, aPerson().email);
    const claim = await aClaimTo(person.email);
    await changeEmail(service, thief, person.email);
    expect((await undo(service, claim, HELPERS, 'the helper’s next')).statusCode).toBe(200);
    expect((await service.post('/auth/delete', undefined, bearer(thief))).statusCode).toBe(403);
    const [link = ''] = await undosIn(service, person.email);
    const chosen = anIdentifier({ authVerifier: 'what the new master password derives' });
    expectStatus(await undoInApp(service, link, identifier.authVerifier, chosen), 200);
    expectStatus(await vaultLogin(service, person, chosen.authVerifier), 200);
  });

  it('gets the address, and the later one not again', async () => {
    const email = aPerson().email;
    const claim = await aClaimTo(email);
    const later = await anAccount(service, { email });
    await changeEmail(service, await signIn(service, later), aPerson().email);
    const links = await undosIn(service, email);
    expect((await undo(service, claim, HELPERS, 'the helper’s next')).statusCode).toBe(200);
    const laterClaim = links.at(-1) ?? '';
    expect((await undo(service, laterClaim, later.password, CHOSEN)).statusCode).toBe(200);
    expect((await undo(service, claim, HELPERS, 'once more')).statusCode).toBe(400);
  });
});

it('an undo that moves a vault is told at both addresses, each with a link that shows its key', async () => {
  const { person, identifier, cookies } = await aVault(service);
  const home = aPerson().email;
  await changeEmail(service, { access: cookies['sv_at'] ?? '' }, home);
  const [link = ''] = await undosIn(service, person.email);
  const garbage = anIdentifier({ encryptedDek: 'bm90aGluZw==', authVerifier: 'of who reads the mailbox' });
  expectStatus(await undoInApp(service, link, identifier.authVerifier, garbage), 200);
  for (const email of [home, person.email]) {
    const token = (await undosIn(service, email)).at(-1) ?? '';
    const proof = { token, formerAuthVerifier: identifier.authVerifier };
    const keys = expectStatus(await service.post('/api/auth/undo/identifier', proof), 200);
    expect(keys.json()).toMatchObject({ data: { encryptedDek: identifier.encryptedDek } });
  }
});
