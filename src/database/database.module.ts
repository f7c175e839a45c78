import { Module, type DynamicModule } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Settings } from '../config/settings';
import type { EntityClass } from './data-source';
import { DatabaseConnection } from './database-connection';
import { Database } from './database.service';

/**
 * Hands `DataSource` and `Database` to every module. Nest ends global modules last, and among them the first imported
 * last: import this one before all others but the settings.
 */
@Module({})
export class DatabaseModule {
  static with(entities: readonly EntityClass[]): DynamicModule {
    return {
      module: DatabaseModule,
      global: true,
      providers: [
        {
          provide: DatabaseConnection,
          useFactory: (settings: Settings) => DatabaseConnection.open(settings, entities),
          inject: [Settings],
        },
        {
          provide: DataSource,
          useFactory: ({ dataSource }: DatabaseConnection) => dataSource,
          inject: [DatabaseConnection],
        },
        {
          provide: Database,
          useFactory: ({ dataSource, reserved }: DatabaseConnection) => new Database(dataSource, reserved),
          inject: [DatabaseConnection],
        },
      ],
      exports: [DataSource, Database],
    };
  }
}
