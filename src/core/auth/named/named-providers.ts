import type { Provider } from '@nestjs/common';
import { TemporaryPasswordMail } from '../mails/temporary-password-mail.preparer';
import { ChangeByPassword } from './change-by-password.service';
import { ChangeByTemporaryPassword } from './change-by-temporary-password.service';
import { ChangePasswordByName } from './change-password-by-name.flow';
import { GuardedRecovery } from './guarded-recovery.service';
import { NamedAccounts } from './named-accounts.service';
import { NamedProof } from './named-proof.service';
import { RecoverByCode } from './recover-by-code.flow';
import { RegisterNamed } from './register-named.flow';
import { TemporaryPasswords } from './temporary-passwords.service';

/** Of accounts that are known by a username alone. */
export const namedFlows = [ChangePasswordByName, RecoverByCode, RegisterNamed] satisfies Provider[];

export const namedServices = [
  ChangeByPassword,
  ChangeByTemporaryPassword,
  GuardedRecovery,
  NamedAccounts,
  NamedProof,
  TemporaryPasswordMail,
  TemporaryPasswords,
] satisfies Provider[];
