import { Module, type OnModuleInit } from '@nestjs/common';
import { APP_INTERCEPTOR } from '@nestjs/core';
import { AuthModule } from '../../core/auth/auth.module';
import { HttpModule } from '../../http/http.module';
import { OpenApiDocument } from '../../http/openapi/openapi-document.service';
import { PresenterRegistry } from '../../http/presenters/presenter-registry';
import { KeyController } from './key.controller';
import { SealedPasswordController } from './password.controller';
import { SealedRefreshController } from './refresh.controller';
import { SealedAccounts } from './sealed-accounts.service';
import { SealedErrorPresenter } from './sealed-error.presenter';
import { sharedOperations } from './sealed-openapi';
import { SharedPathsInterceptor } from './shared-paths.interceptor';

/** The contract of apps that encrypt the password under a key of the service: `/auth`, `/user`, shared with another. */
@Module({
  imports: [AuthModule, HttpModule],
  controllers: [KeyController, SealedPasswordController, SealedRefreshController],
  providers: [SealedAccounts, SealedErrorPresenter, { provide: APP_INTERCEPTOR, useClass: SharedPathsInterceptor }],
})
export class SealedModule implements OnModuleInit {
  constructor(
    private readonly presenters: PresenterRegistry,
    private readonly presenter: SealedErrorPresenter,
    private readonly openApi: OpenApiDocument,
  ) {}

  onModuleInit(): void {
    this.presenters.register(this.presenter);
    this.openApi.share(...sharedOperations);
  }
}
