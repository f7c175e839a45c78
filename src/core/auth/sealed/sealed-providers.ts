import type { Provider } from '@nestjs/common';
import { ResetCodeMail } from '../mails/reset-code-mail.preparer';
import { Challenges } from '../reset-code/challenges.service';
import { RequestResetCode } from '../reset-code/request-reset-code.flow';
import { SpendResetCode } from '../reset-code/spend-reset-code.flow';
import { GetSealingKey } from './get-sealing-key.flow';
import { NewSealedPassword } from './new-sealed-password.service';
import { SealedRegister } from './sealed-register.flow';
import { SealedRegistrations } from './sealed-registrations.service';
import { SealedResetPassword } from './sealed-reset-password.flow';
import { SealedSignIn } from './sealed-sign-in.flow';

/** Of passwords that come encrypted, and are reset by a mailed code. */
export const sealedFlows = [
  GetSealingKey,
  RequestResetCode,
  SealedRegister,
  SealedResetPassword,
  SealedSignIn,
  SpendResetCode,
] satisfies Provider[];

export const sealedServices = [Challenges, NewSealedPassword, ResetCodeMail, SealedRegistrations] satisfies Provider[];
