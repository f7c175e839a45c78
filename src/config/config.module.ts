import { Module, type DynamicModule } from '@nestjs/common';
import { Settings } from './settings';

/** Hands the frozen settings to whoever injects `Settings`. */
@Module({})
export class ConfigModule {
  static with(settings: Settings): DynamicModule {
    return {
      module: ConfigModule,
      global: true,
      providers: [{ provide: Settings, useValue: settings }],
      exports: [Settings],
    };
  }
}
