import { genSaltSync } from 'bcrypt';

/** A fresh random salt for a hash of the given cost, as `HashTask.salt` takes it. */
export function bcryptSalt(cost: number): string {
  return genSaltSync(cost, 'b');
}
