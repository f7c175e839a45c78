import type { UserEntity } from '../user/user.entity';

/**
 * The address, in canonical form, that an account may speak for; null when it has none or never proved it. Who merely
 * holds an address must not be able to void what its mailbox was sent: those tickets are how its owner takes it over.
 */
export function provedAddressOf(user: Pick<UserEntity, 'emailCanonical' | 'emailVerifiedAt'>): string | null {
  return user.emailVerifiedAt === null ? null : user.emailCanonical;
}
