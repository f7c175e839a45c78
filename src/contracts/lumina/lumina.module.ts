import { Module, type OnModuleInit } from '@nestjs/common';
import { AuthModule } from '../../core/auth/auth.module';
import { HttpModule } from '../../http/http.module';
import { PresenterRegistry } from '../../http/presenters/presenter-registry';
import { LuminaErrorPresenter } from './lumina-error.presenter';
import { LuminaController } from './lumina.controller';

/** The contract of media server clients: `/api/v1/auth`, in PascalCase. */
@Module({
  imports: [AuthModule, HttpModule],
  controllers: [LuminaController],
  providers: [LuminaErrorPresenter],
})
export class LuminaModule implements OnModuleInit {
  constructor(
    private readonly presenters: PresenterRegistry,
    private readonly presenter: LuminaErrorPresenter,
  ) {}

  onModuleInit(): void {
    this.presenters.register(this.presenter);
  }
}
