import { Injectable, type OnModuleInit } from '@nestjs/common';
import { MailPreparers } from '../../mail/mail-preparers.service';
import { ACCOUNT_CHANGES } from '../account-change';
import { ActivationRequestMail } from './activation-request-mail.preparer';
import { ChangeNoticeMail } from './change-notice-mail.preparer';
import { EmailChangeMail } from './email-change-mail.preparer';
import { noticeMails } from './notice-mail.preparer';
import { PasswordResetMail } from './password-reset-mail.preparer';
import { RegistrationMail } from './registration-mail.preparer';

/** Tells the mail room how each kind of mail of this room is prepared. */
@Injectable()
export class AuthMails implements OnModuleInit {
  constructor(
    private readonly preparers: MailPreparers,
    private readonly registration: RegistrationMail,
    private readonly activationRequest: ActivationRequestMail,
    private readonly passwordReset: PasswordResetMail,
    private readonly emailChange: EmailChangeMail,
    private readonly changeNotice: ChangeNoticeMail,
  ) {}

  onModuleInit(): void {
    this.preparers.register('registration', this.registration);
    this.preparers.register('activation-request', this.activationRequest);
    this.preparers.register('password-reset', this.passwordReset);
    this.preparers.register('named-password-reset', this.passwordReset);
    this.preparers.register('email-change', this.emailChange);
    for (const change of ACCOUNT_CHANGES) this.preparers.register(change, this.changeNotice);
    for (const [kind, preparer] of Object.entries(noticeMails)) this.preparers.register(kind, preparer);
  }
}
