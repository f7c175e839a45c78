import { Module, type OnModuleInit, type Provider } from '@nestjs/common';
import { JwtModule } from '@nestjs/jwt';
import { Database } from '../../database/database.service';
import { addSeconds, Clock, HOUR_SECONDS } from '../../kernel/clock';
import { Jobs } from '../../platform/jobs/jobs.service';
import { AuditModule } from '../audit/audit.module';
import { CredentialModule } from '../credential/credential.module';
import { LockoutModule } from '../lockout/lockout.module';
import { MailModule } from '../mail/mail.module';
import { MfaModule } from '../mfa/mfa.module';
import { SessionModule } from '../session/session.module';
import { TicketModule } from '../ticket/ticket.module';
import { UserModule } from '../user/user.module';
import { Users } from '../user/users.repository';
import { AccessGrants } from './access-grants.service';
import { AccessClearance } from './access-clearance.service';
import { AccessRemoval } from './access-removal.service';
import { AccountChanges } from './account-changes.service';
import { AccountCredential } from './account-credential.service';
import { AccountRemoval } from './account-removal.service';
import { AccountRestoration } from './account-restoration.service';
import { AccountSnapshots } from './account-snapshots.service';
import { AccountUsernames } from './account-usernames.service';
import { Activate } from './activate.flow';
import { AddressConfirmation } from './address-confirmation.service';
import { AddressProof } from './address-proof.service';
import { AddressTransfer } from './address-transfer.service';
import { UNPROVED_ACCOUNT_SECONDS } from './auth-lifetimes';
import { ChangeEmail } from './change-email.flow';
import { ChangeNotices } from './change-notices.service';
import { ChangePassword } from './change-password.flow';
import { CompleteMfa } from './complete-mfa.flow';
import { CredentialCheck } from './credential-check.service';
import { DeletionRules } from './deletion-rules.service';
import { DeleteAccount } from './delete-account.flow';
import { DeviceGrants } from './device-grants.service';
import { DescribePrincipal } from './describe-principal.flow';
import { DisableTotp } from './disable-totp.flow';
import { EmailChangeProof } from './email-change-proof.service';
import { EnableTotp } from './enable-totp.flow';
import { EndSessions } from './end-sessions.flow';
import { GenerateTotp } from './generate-totp.flow';
import { GetAccount } from './get-account.flow';
import { GuardedCode } from './guarded-code.service';
import { GuardedMailedCode } from './guarded-mailed-code.service';
import { GuardedComparison } from './guarded-comparison.service';
import { ListSessions } from './list-sessions.flow';
import { LiveSession } from './live-session.service';
import { MailedLinks } from './mailed-links.service';
import { mailProviders } from './mails/mail-providers';
import { AdminRole } from './admin-role.service';
import { ProvedAccounts } from './proved-accounts.service';
import { MfaTickets } from './mfa-tickets.service';
import { NewPassword } from './new-password.service';
import { PasswordReplacement } from './password-replacement.service';
import { Reauthenticate } from './reauthenticate.flow';
import { RecentProof } from './recent-proof.service';
import { Refresh } from './refresh.flow';
import { RefreshWithoutRotation } from './refresh-without-rotation.flow';
import { RegistrationCheck } from './registration-check.service';
import { registrationFlows, registrationServices } from './registration-providers';
import { ReplaceRecoveryCodes } from './replace-recovery-codes.flow';
import { RequestActivation } from './request-activation.flow';
import { RequestEmailChange } from './request-email-change.flow';
import { RequestPasswordReset } from './request-password-reset.flow';
import { ResetPassword } from './reset-password.flow';
import { SessionOpener } from './session-opener.service';
import { SessionRenewal } from './session-renewal.service';
import { SignInHalfway } from './sign-in-halfway.service';
import { SignIn } from './sign-in.flow';
import { SignOutByRefreshToken } from './sign-out-by-refresh-token.flow';
import { TheftResponse } from './theft-response.service';
import { UndoChange } from './undo-change.flow';
import { UndoLinks } from './undo-links.service';
import { Undoing } from './undoing.service';
import { UpdateProfile } from './update-profile.flow';
import { AdminAccess } from './admin-access.service';
import { ForgetDevice } from './forget-device.flow';
import { GuessLimits } from './guess-limits.service';
import { LiftLock } from './lift-lock.flow';
import { ListDevices } from './list-devices.flow';
import { ListLocks } from './list-locks.flow';
import { LockMailing } from './lock-mailing.service';
import { LockNotices } from './lock-notices.service';
import { ReportFailed } from './report-failed.flow';
import { RequestUnlock } from './request-unlock.flow';
import { PresentedSessions } from './presented-sessions.service';
import { Unlock } from './unlock.flow';
import { CompleteEnrolment } from './enrolment/complete-enrolment.flow';
import { Enrol } from './enrolment/enrol.flow';
import { ProveEnrolment } from './enrolment/prove-enrolment.flow';
import { ResendEnrolmentCode } from './enrolment/resend-enrolment-code.flow';
import { EnrolledAccounts } from './enrolment/enrolled-accounts.service';
import { EnrolmentTokens } from './enrolment/enrolment-tokens.service';
import { sealedFlows, sealedServices } from './sealed/sealed-providers';
import { Prelogin } from './vault/prelogin.flow';
import { GetVaultKeys } from './vault/get-vault-keys.flow';
import { ReplaceVaultKeys } from './vault/replace-vault-keys.flow';
import { VaultChange } from './vault/vault-change.service';
import { namedFlows, namedServices } from './named/named-providers';
import { JudgedGuess } from './judged-guess.service';
import { FormerPrelogin } from './vault/former-prelogin.flow';
import { GetFormerVaultKeys } from './vault/get-former-vault-keys.flow';
import { UndoVaultChange } from './vault/undo-vault-change.flow';
import { Vaults } from './vault/vaults.service';
import { NamedLocks } from './named-locks.service';
import { VerifyEmail } from './verify-email.flow';
import { VerifyToken } from './verify-token.flow';

const flows = [
  Activate,
  ChangeEmail,
  ChangePassword,
  CompleteEnrolment,
  CompleteMfa,
  DeleteAccount,
  DescribePrincipal,
  DisableTotp,
  EnableTotp,
  EndSessions,
  Enrol,
  ForgetDevice,
  FormerPrelogin,
  GenerateTotp,
  GetAccount,
  GetFormerVaultKeys,
  GetVaultKeys,
  LiftLock,
  ListDevices,
  ListLocks,
  ListSessions,
  Prelogin,
  ProveEnrolment,
  Reauthenticate,
  Refresh,
  RefreshWithoutRotation,
  ReplaceRecoveryCodes,
  ReplaceVaultKeys,
  ReportFailed,
  RequestActivation,
  RequestEmailChange,
  RequestPasswordReset,
  RequestUnlock,
  ResendEnrolmentCode,
  ResetPassword,
  SignIn,
  SignOutByRefreshToken,
  UndoChange,
  UndoVaultChange,
  Unlock,
  UpdateProfile,
  VerifyEmail,
  VerifyToken,
] satisfies Provider[];

const services = [
  AccessClearance,
  AccessGrants,
  AccessRemoval,
  AccountChanges,
  AccountCredential,
  AccountRemoval,
  AccountRestoration,
  AccountSnapshots,
  AccountUsernames,
  AddressConfirmation,
  AddressProof,
  AddressTransfer,
  AdminAccess,
  AdminRole,
  ChangeNotices,
  CredentialCheck,
  DeletionRules,
  DeviceGrants,
  EmailChangeProof,
  EnrolledAccounts,
  EnrolmentTokens,
  GuardedCode,
  GuardedComparison,
  GuardedMailedCode,
  GuessLimits,
  JudgedGuess,
  LiveSession,
  LockMailing,
  LockNotices,
  MailedLinks,
  MfaTickets,
  NamedLocks,
  NewPassword,
  PasswordReplacement,
  ProvedAccounts,
  RecentProof,
  RegistrationCheck,
  PresentedSessions,
  SessionOpener,
  SessionRenewal,
  SignInHalfway,
  TheftResponse,
  UndoLinks,
  Undoing,
  VaultChange,
  Vaults,
] satisfies Provider[];

/** The flows of identity, one class a verb. */
@Module({
  imports: [
    JwtModule.register({}),
    AuditModule,
    CredentialModule,
    LockoutModule,
    MailModule,
    MfaModule,
    SessionModule,
    TicketModule,
    UserModule,
  ],
  providers: [
    ...flows,
    ...namedFlows,
    ...registrationFlows,
    ...sealedFlows,
    ...services,
    ...registrationServices,
    ...namedServices,
    ...sealedServices,
    ...mailProviders,
  ],
  exports: [...flows, ...namedFlows, ...registrationFlows, ...sealedFlows],
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
