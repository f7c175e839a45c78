import { Module, type DynamicModule, type OnModuleInit } from '@nestjs/common';
import type { Settings } from '../../config/settings';
import { AuthModule } from '../../core/auth/auth.module';
import { SessionModule } from '../../core/session/session.module';
import { StorageModule } from '../../core/storage/storage.module';
import { FilesAtOnce } from '../../http/files/files-at-once';
import { HttpModule } from '../../http/http.module';
import { PresenterRegistry } from '../../http/presenters/presenter-registry';
import { LocksController } from './admin/locks.controller';
import { AddressController } from './auth/address.controller';
import { DeviceController } from './auth/device.controller';
import { EmailController } from './auth/email.controller';
import { JwksController } from './auth/jwks.controller';
import { PasswordController } from './auth/password.controller';
import { RegistrationController } from './auth/registration.controller';
import { SessionController } from './auth/session.controller';
import { SignInController } from './auth/sign-in.controller';
import { TokenController } from './auth/token.controller';
import { LegacyAccountController } from './legacy/legacy-account.controller';
import { LegacyRegistrationController } from './legacy/legacy-registration.controller';
import { LegacyTokenController } from './legacy/legacy-token.controller';
import { MfaController } from './mfa/mfa.controller';
import { NativeErrorPresenter } from './native-error.presenter';
import { NativeTokens } from './native-tokens.service';
import { StorageMetaController } from './storage/storage-meta.controller';
import { StorageReply } from './storage/storage-reply.service';
import { StorageRequests } from './storage/storage-requests.service';
import { StorageController } from './storage/storage.controller';
import { WriteConditions } from './storage/write-conditions.service';
import { UserController } from './user/user.controller';

const controllers = [
  AddressController,
  DeviceController,
  EmailController,
  JwksController,
  LocksController,
  MfaController,
  PasswordController,
  SessionController,
  SignInController,
  StorageController,
  StorageMetaController,
  TokenController,
  UserController,
];

/** In place of the present spelling of registration, and besides the rest. */
const legacyControllers = [LegacyAccountController, LegacyRegistrationController, LegacyTokenController];

/** The contract of web and mobile clients: `/auth`, `/storage`, `/user`. It also answers for paths that no contract owns. */
@Module({})
export class NativeModule implements OnModuleInit {
  static with({ legacySpellings }: Settings): DynamicModule {
    return {
      module: NativeModule,
      imports: [AuthModule, SessionModule, StorageModule, HttpModule],
      controllers: [...controllers, ...(legacySpellings ? legacyControllers : [RegistrationController])],
      providers: [NativeErrorPresenter, NativeTokens, FilesAtOnce, StorageReply, StorageRequests, WriteConditions],
    };
  }

  constructor(
    private readonly presenters: PresenterRegistry,
    private readonly presenter: NativeErrorPresenter,
  ) {}

  onModuleInit(): void {
    this.presenters.register(this.presenter, { isDefault: true });
  }
}
