import { Module, type DynamicModule } from '@nestjs/common';
import { ConfigModule } from './config/config.module';
import type { Settings } from './config/settings';
import { ClaimsModule } from './contracts/claims/claims.module';
import { LuminaModule } from './contracts/lumina/lumina.module';
import { NativeModule } from './contracts/native/native.module';
import { SealedModule } from './contracts/sealed/sealed.module';
import { VaultModule } from './contracts/vault/vault.module';
import { StorageRulesModule } from './core/storage/rules/storage-rules.module';
import { DatabaseModule } from './database/database.module';
import { entities } from './entities';
import { HttpModule } from './http/http.module';
import { PagesModule } from './pages/pages.module';
import { PlatformModule } from './platform/platform.module';

/** The floor plan: the one list of everything. The database comes first, because it ends last. */
@Module({})
export class AppModule {
  static with(settings: Settings): DynamicModule {
    return {
      module: AppModule,
      imports: [
        ConfigModule.with(settings),
        DatabaseModule.with(entities),
        PlatformModule,
        HttpModule,
        StorageRulesModule,
        NativeModule.with(settings),
        VaultModule.with(settings),
        ClaimsModule,
        LuminaModule,
        SealedModule,
        PagesModule,
      ],
    };
  }
}
