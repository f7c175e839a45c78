import { Module } from '@nestjs/common';
import { AuthModule } from '../core/auth/auth.module';
import { MailModule } from '../core/mail/mail.module';
import { HttpModule } from '../http/http.module';
import { ActivatePageController } from './activate-page.controller';
import { AdminConsolePageController } from './admin-console-page.controller';
import { AssetsController } from './assets.controller';
import { ChangeEmailPageController } from './change-email-page.controller';
import { DevelopmentMailboxController } from './development-mailbox.controller';
import { EnrolPageController } from './enrol-page.controller';
import { HomePageController } from './home-page.controller';
import { ProblemPageController } from './problem-page.controller';
import { ResetPasswordPageController } from './reset-password-page.controller';
import { UndoPageController } from './undo-page.controller';
import { UnlockPageController } from './unlock-page.controller';
import { VerifyEmailPageController } from './verify-email-page.controller';

/** What people see: the pages that mailed links open, and the development mailbox. */
@Module({
  imports: [AuthModule, MailModule, HttpModule],
  controllers: [
    ActivatePageController,
    AdminConsolePageController,
    AssetsController,
    ChangeEmailPageController,
    DevelopmentMailboxController,
    EnrolPageController,
    HomePageController,
    ProblemPageController,
    ResetPasswordPageController,
    UndoPageController,
    UnlockPageController,
    VerifyEmailPageController,
  ],
})
export class PagesModule {}
