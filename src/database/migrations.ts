import { Ground1763700000000 } from './migrations/1763700000000-ground';
import { SecondFactor1763800000000 } from './migrations/1763800000000-second-factor';
import { Lockout1763900000000 } from './migrations/1763900000000-lockout';
import { Vault1764000000000 } from './migrations/1764000000000-vault';
import { Sealed1764300000000 } from './migrations/1764300000000-sealed';
import { Storage1764400000000 } from './migrations/1764400000000-storage';

/** The one linear history of the schema, oldest first. A new migration is added here by hand: nothing scans folders. */
export const migrations = [
  Ground1763700000000,
  SecondFactor1763800000000,
  Lockout1763900000000,
  Vault1764000000000,
  Sealed1764300000000,
  Storage1764400000000,
] as const;
