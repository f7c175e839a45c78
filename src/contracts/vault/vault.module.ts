import { Module, type DynamicModule, type OnModuleInit } from '@nestjs/common';
import type { Settings } from '../../config/settings';
import { AuthModule } from '../../core/auth/auth.module';
import { HttpModule } from '../../http/http.module';
import { PresenterRegistry } from '../../http/presenters/presenter-registry';
import { EnrolmentController } from './enrolment.controller';
import { IdentifierController } from './identifier.controller';
import { LegacyIdentifierController } from './legacy-identifier.controller';
import { LockoutController } from './lockout.controller';
import { VaultSessionController } from './session.controller';
import { VaultUndoController } from './undo.controller';
import { VaultCookies } from './vault-cookies.service';
import { VaultErrorPresenter } from './vault-error.presenter';

const controllers = [
  EnrolmentController,
  IdentifierController,
  LockoutController,
  VaultSessionController,
  VaultUndoController,
];

/** The contract of zero-knowledge password vaults: `/api/auth`. */
@Module({})
export class VaultModule implements OnModuleInit {
  static with({ legacySpellings }: Settings): DynamicModule {
    return {
      module: VaultModule,
      imports: [AuthModule, HttpModule],
      controllers: [...controllers, ...(legacySpellings ? [LegacyIdentifierController] : [])],
      providers: [VaultCookies, VaultErrorPresenter],
    };
  }

  constructor(
    private readonly presenters: PresenterRegistry,
    private readonly presenter: VaultErrorPresenter,
  ) {}

  onModuleInit(): void {
    this.presenters.register(this.presenter);
  }
}
