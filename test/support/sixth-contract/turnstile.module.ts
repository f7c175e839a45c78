import { Module, type OnModuleInit } from '@nestjs/common';
import { AuthModule } from '../../../src/core/auth/auth.module';
import { HttpModule } from '../../../src/http/http.module';
import { PresenterRegistry } from '../../../src/http/presenters/presenter-registry';
import { TurnstileErrorPresenter } from './turnstile-error.presenter';
import { TurnstileController } from './turnstile.controller';

/** A sixth contract, of three routes, that only the tests know: `/turnstile`. */
@Module({
  imports: [AuthModule, HttpModule],
  controllers: [TurnstileController],
  providers: [TurnstileErrorPresenter],
})
export class TurnstileModule implements OnModuleInit {
  constructor(
    private readonly presenters: PresenterRegistry,
    private readonly presenter: TurnstileErrorPresenter,
  ) {}

  onModuleInit(): void {
    this.presenters.register(this.presenter);
  }
}
