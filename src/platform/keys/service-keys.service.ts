import { randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Database, statement, type Tx } from '../../database/database.service';
import { Clock } from '../../kernel/clock';
import { MasterKeyring } from './master-keyring.service';
import { ServiceKeyEntity } from './service-key.entity';

const SERVICE_KEY_NAMES = ['pepper', 'bucket', 'device', 'refresh', 'enrolment', 'prelogin', 'code', 'audit'] as const;

export type ServiceKeyName = (typeof SERVICE_KEY_NAMES)[number];

const KEY_BYTES = 32;

/** The service's own secret keys: random, made once for all processes, encrypted in the database. */
@Injectable()
export class ServiceKeys {
  private keys = new Map<string, Buffer>();

  constructor(
    private readonly database: Database,
    private readonly keyring: MasterKeyring,
    private readonly clock: Clock,
  ) {}

  /** The 32 bytes of a key. The same in every process and after every restart. */
  key(name: ServiceKeyName): Buffer {
    const key = this.keys.get(name);
    if (!key) throw new Error('Service keys are used before they are loaded.');
    return key;
  }

  /**
   * Makes the keys that are missing, opens all, and encrypts anew those that a former master key had sealed. A key that
   * does not open stops the start: replacing the pepper would void every password at once.
   */
  async load(): Promise<void> {
    await this.database.transaction(async (tx) => {
      await this.makeMissing(tx);
      const rows = await tx.getRepository(ServiceKeyEntity).find();
      this.keys = new Map(rows.map((row) => [row.name, this.keyring.open(row.sealed, contextOf(row.name))]));
      for (const row of rows) await this.reseal(tx, row);
    });
  }

  private async makeMissing(tx: Tx): Promise<void> {
    const rows = await tx.getRepository(ServiceKeyEntity).find({ select: { name: true } });
    const present = new Set(rows.map((row) => row.name));
    for (const name of SERVICE_KEY_NAMES.filter((candidate) => !present.has(candidate))) {
      // another process may make it at the same time: the first to commit wins, and all read that one afterwards
      await statement(
        tx,
        'INSERT INTO service_keys (name, sealed, created_at) VALUES ($1, $2, $3) ON CONFLICT (name) DO NOTHING',
        [name, this.keyring.seal(randomBytes(KEY_BYTES), contextOf(name)), this.clock.now()],
      );
    }
  }

  private async reseal(tx: Tx, row: ServiceKeyEntity): Promise<void> {
    if (!this.keyring.needsReseal(row.sealed)) return;
    const sealed = this.keyring.seal(this.key(row.name as ServiceKeyName), contextOf(row.name));
    await statement(tx, 'UPDATE service_keys SET sealed = $3 WHERE name = $1 AND sealed = $2', [
      row.name,
      row.sealed,
      sealed,
    ]);
  }
}

function contextOf(name: string): string {
  return `service_keys/${name}`;
}
