import { Module, type OnModuleInit } from '@nestjs/common';
import { AuthModule } from '../../core/auth/auth.module';
import { HttpModule } from '../../http/http.module';
import { PresenterRegistry } from '../../http/presenters/presenter-registry';
import { LockoutController } from './lockout.controller';
import { VaultErrorPresenter } from './vault-error.presenter';

/** The contract of zero-knowledge password vaults: `/api/auth`. */
@Module({
  imports: [AuthModule, HttpModule],
  controllers: [LockoutController],
  providers: [VaultErrorPresenter],
})
export class VaultModule implements OnModuleInit {
  constructor(
    private readonly presenters: PresenterRegistry,
    private readonly presenter: VaultErrorPresenter,
  ) {}

  onModuleInit(): void {
    this.presenters.register(this.presenter);
  }
}
