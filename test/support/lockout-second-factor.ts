import { expectStatus, type Person } from './accounts';
import { ticketFor, wrongCode } from './second-factor';
import type { TestApp } from './test-app';

/** Wrong codes after the right password, as many as lock strangers out of the second factor: a ticket dies at the fifth. */
export async function lockSecondFactor(
  service: TestApp,
  { owner, secret }: { readonly owner: Person; readonly secret: string },
): Promise<void> {
  await service.database.dataSource.query('UPDATE devices SET second_factor_at = NULL');
  for (let tickets = 0; tickets < 2; tickets += 1) {
    const ticket = await ticketFor(service, owner);
    for (let wrong = 0; wrong < 5; wrong += 1) {
      const code = await wrongCode(service, secret);
      expectStatus(await service.post('/auth/mfa/totp', { ticket, code }), 401);
    }
  }
}
