import type { Provider } from '@nestjs/common';
import { AccountExistsMails } from './account-exists-mails.service';
import { ActivationRequestMail } from './activation-request-mail.preparer';
import { AuthMails } from './auth-mails.service';
import { ChangeNoticeMail } from './change-notice-mail.preparer';
import { EmailChangeMail } from './email-change-mail.preparer';
import { EnrolmentMail } from './enrolment-mail.preparer';
import { LockMail } from './lock-mail.preparer';
import { PasswordResetMail } from './password-reset-mail.preparer';
import { RegistrationMail } from './registration-mail.preparer';
import { ResetLinks } from './reset-links.service';
import { SignUpMail } from './sign-up-mail.preparer';
import { UnlockLinks } from './unlock-links.service';
import { VerificationMails } from './verification-mails.service';

/** What prepares the mails of this room. */
export const mailProviders = [
  AccountExistsMails,
  ActivationRequestMail,
  AuthMails,
  ChangeNoticeMail,
  EmailChangeMail,
  EnrolmentMail,
  LockMail,
  PasswordResetMail,
  RegistrationMail,
  ResetLinks,
  SignUpMail,
  UnlockLinks,
  VerificationMails,
] satisfies Provider[];
