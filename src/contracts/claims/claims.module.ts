import { Module, type OnModuleInit } from '@nestjs/common';
import { AuthModule } from '../../core/auth/auth.module';
import { HttpModule } from '../../http/http.module';
import { PresenterRegistry } from '../../http/presenters/presenter-registry';
import { ClaimsAccountController } from './account.controller';
import { ClaimsErrorPresenter } from './claims-error.presenter';
import { ClaimsSessionController } from './session.controller';
import { ClaimsTokenController } from './token.controller';

/** The contract of services that read claims: `/api/v1`. */
@Module({
  imports: [AuthModule, HttpModule],
  controllers: [ClaimsAccountController, ClaimsSessionController, ClaimsTokenController],
  providers: [ClaimsErrorPresenter],
})
export class ClaimsModule implements OnModuleInit {
  constructor(
    private readonly presenters: PresenterRegistry,
    private readonly presenter: ClaimsErrorPresenter,
  ) {}

  onModuleInit(): void {
    this.presenters.register(this.presenter);
  }
}
