import { Inject, Injectable, Module } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ConfigModule } from '../config/config.module';
import { parseSettings } from '../config/settings';
import { DatabaseModule } from './database.module';
import { Database, statement } from './database.service';

const seenAtTheEnd: unknown[] = [];

@Injectable()
class LastWords {
  constructor(@Inject(Database) private readonly database: Database) {}

  async onApplicationShutdown(): Promise<void> {
    seenAtTheEnd.push(...(await statement(this.database.pool, 'SELECT 1 AS one')).rows);
  }
}

@Module({ providers: [LastWords] })
class RoomModule {}

describe('the database module without DATABASE_URL', () => {
  let folder: string;

  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'latchkey-module-'))));
  afterEach(() => rmSync(folder, { recursive: true }));

  it('makes, migrates and hands out a database, and is there until everybody else has ended', async () => {
    const settings = parseSettings({ DATA_DIR: folder });
    const imports = [ConfigModule.with(settings), DatabaseModule.with([]), RoomModule];
    const app = await (await Test.createTestingModule({ imports }).compile()).init();
    const { pool } = app.get(Database);

    await expect(statement(pool, 'SELECT id FROM users')).resolves.toEqual({ rows: [], affected: 0 });
    // what a flaw in a statement could reach
    const { rows } = await statement(
      pool,
      `SELECT rolname AS who, rolsuper AS "isSuper" FROM pg_roles WHERE rolname = current_user`,
    );
    expect(rows).toEqual([{ who: 'latchkey', isSuper: false }]);

    await app.close();
    expect(seenAtTheEnd).toEqual([{ one: 1 }]);
    expect(readdirSync(join(folder, 'postgres'))).not.toContain('postmaster.pid');
  });
});
