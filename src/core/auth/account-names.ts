import type { UserEntity } from '../user/user.entity';
import type { AccountNames } from '../lockout/lock-lifting.service';

/** Every name an account can be signed in by: each has a bucket of strangers of its own. */
export function namesOf({ id, emailCanonical, usernameCanonical }: UserEntity): AccountNames {
  return { userId: id, identifiers: [emailCanonical, usernameCanonical].filter((name) => name !== null) };
}
