import { Module, type OnModuleInit, type Provider } from '@nestjs/common';
import { Database } from '../../database/database.service';
import { addSeconds, Clock, HOUR_SECONDS } from '../../kernel/clock';
import { Jobs } from '../../platform/jobs/jobs.service';
import { AuditModule } from '../audit/audit.module';
import { CredentialModule } from '../credential/credential.module';
import { LockoutModule } from '../lockout/lockout.module';
import { MailModule } from '../mail/mail.module';
import { SessionModule } from '../session/session.module';
import { TicketModule } from '../ticket/ticket.module';
import { UserModule } from '../user/user.module';
import { Users } from '../user/users.repository';
import { AccessGrants } from './access-grants.service';
import { AccountCredential } from './account-credential.service';
import { AccountRemoval } from './account-removal.service';
import { AccountTakeover } from './account-takeover.service';
import { Activate } from './activate.flow';
import { AddressConfirmation } from './address-confirmation.service';
import { AddressProof } from './address-proof.service';
import { UNPROVED_ACCOUNT_SECONDS } from './auth-lifetimes';
import { ChangePassword } from './change-password.flow';
import { CredentialChange } from './credential-change.service';
import { CredentialCheck } from './credential-check.service';
import { DeleteAccount } from './delete-account.flow';
import { DeviceGrants } from './device-grants.service';
import { EndSessions } from './end-sessions.flow';
import { GetAccount } from './get-account.flow';
import { GuardedComparison } from './guarded-comparison.service';
import { ListSessions } from './list-sessions.flow';
import { MailedLinks } from './mailed-links.service';
import { ActivationRequestMail } from './mails/activation-request-mail.preparer';
import { AuthMails } from './mails/auth-mails.service';
import { PasswordResetMail } from './mails/password-reset-mail.preparer';
import { RegistrationMail } from './mails/registration-mail.preparer';
import { ResetLinks } from './mails/reset-links.service';
import { NewPassword } from './new-password.service';
import { PasswordReplacement } from './password-replacement.service';
import { Reauthenticate } from './reauthenticate.flow';
import { RecentProof } from './recent-proof.service';
import { Refresh } from './refresh.flow';
import { Register } from './register.flow';
import { RegistrationCheck } from './registration-check.service';
import { RegistrationRecords } from './registration-records.service';
import { RequestActivation } from './request-activation.flow';
import { RequestPasswordReset } from './request-password-reset.flow';
import { ResetPassword } from './reset-password.flow';
import { SessionOpener } from './session-opener.service';
import { SignIn } from './sign-in.flow';
import { TheftResponse } from './theft-response.service';
import { VerifyEmail } from './verify-email.flow';

const flows = [
  Activate,
  ChangePassword,
  DeleteAccount,
  EndSessions,
  GetAccount,
  ListSessions,
  Reauthenticate,
  Refresh,
  Register,
  RequestActivation,
  RequestPasswordReset,
  ResetPassword,
  SignIn,
  VerifyEmail,
] satisfies Provider[];

const services = [
  AccessGrants,
  AccountCredential,
  AccountRemoval,
  AccountTakeover,
  AddressConfirmation,
  AddressProof,
  CredentialChange,
  CredentialCheck,
  DeviceGrants,
  GuardedComparison,
  MailedLinks,
  NewPassword,
  PasswordReplacement,
  RecentProof,
  RegistrationCheck,
  RegistrationRecords,
  SessionOpener,
  TheftResponse,
] satisfies Provider[];

const mails = [AuthMails, ActivationRequestMail, PasswordResetMail, RegistrationMail, ResetLinks] satisfies Provider[];

/** The flows of identity, one class a verb. */
@Module({
  imports: [AuditModule, CredentialModule, LockoutModule, MailModule, SessionModule, TicketModule, UserModule],
  providers: [...flows, ...services, ...mails],
  exports: [...flows],
})
export class AuthModule implements OnModuleInit {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly jobs: Jobs,
    private readonly users: Users,
  ) {}

  onModuleInit(): void {
    this.jobs.register({
      name: 'purge-unproved-accounts',
      everySeconds: HOUR_SECONDS,
      run: async () => {
        await this.users.deleteUnproved(this.database.pool, addSeconds(this.clock.now(), -UNPROVED_ACCOUNT_SECONDS));
      },
    });
  }
}
