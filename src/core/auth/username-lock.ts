import { lockName, type Tx } from '../../database/database.service';
import { canonicalIdentifier } from '../../kernel/canonical';

/**
 * Holds a username back from everybody else who would get it, or prove an enrolment for it, until the transaction ends. After
 * address, account and ticket, in this order everywhere.
 */
export async function lockUsername(tx: Tx, username: string): Promise<void> {
  await lockName(tx, 'wanted-username', canonicalIdentifier(username));
}
