import { Module, type OnModuleInit } from '@nestjs/common';
import { AuthModule } from '../../core/auth/auth.module';
import { SessionModule } from '../../core/session/session.module';
import { HttpModule } from '../../http/http.module';
import { PresenterRegistry } from '../../http/presenters/presenter-registry';
import { EmailController } from './auth/email.controller';
import { JwksController } from './auth/jwks.controller';
import { PasswordController } from './auth/password.controller';
import { RegistrationController } from './auth/registration.controller';
import { SessionController } from './auth/session.controller';
import { SignInController } from './auth/sign-in.controller';
import { TokenController } from './auth/token.controller';
import { MfaController } from './mfa/mfa.controller';
import { NativeErrorPresenter } from './native-error.presenter';
import { NativeTokens } from './native-tokens.service';
import { UserController } from './user/user.controller';

/** The contract of web and mobile clients: `/auth`, `/user`. It also answers for paths that no contract owns. */
@Module({
  imports: [AuthModule, SessionModule, HttpModule],
  controllers: [
    EmailController,
    JwksController,
    MfaController,
    PasswordController,
    RegistrationController,
    SessionController,
    SignInController,
    TokenController,
    UserController,
  ],
  providers: [NativeErrorPresenter, NativeTokens],
})
export class NativeModule implements OnModuleInit {
  constructor(
    private readonly presenters: PresenterRegistry,
    private readonly presenter: NativeErrorPresenter,
  ) {}

  onModuleInit(): void {
    this.presenters.register(this.presenter, { isDefault: true });
  }
}
