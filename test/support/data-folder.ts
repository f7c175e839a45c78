import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SERVICE_NAME, socketUrl } from '../../src/database/embedded/keeper';
import { socketFolderOf } from '../../src/database/embedded/socket-folder';
import { ask } from './embedded-folder';
import { eventually } from './eventually';
import { processesIn } from './processes-in';
import { ServiceProcess, type Exit, type ServiceOptions } from './service-process';

/** A DATA_DIR with an embedded database, and the service processes that live on it. */
export class DataFolder {
  readonly path = realpathSync(mkdtempSync(join(tmpdir(), 'latchkey-data-')));
  private readonly services: ServiceProcess[] = [];

  async start(options: Omit<ServiceOptions, 'dataDir'> = {}): Promise<ServiceProcess> {
    const service = await ServiceProcess.start({ ...options, dataDir: this.path });
    this.services.push(service);
    return service;
  }

  /** For a start that is refused: how it ended, and what it said. */
  async startInVain(options: Omit<ServiceOptions, 'dataDir'> = {}): Promise<Exit & { readonly log: string }> {
    const service = await ServiceProcess.launch({ ...options, dataDir: this.path });
    this.services.push(service);
    return { ...(await service.end()), log: service.log };
  }

  /** Asks the embedded database directly; only while a service runs. */
  ask<Row>(sql: string): Promise<Row[]> {
    const socketFolder = socketFolderOf(join(this.path, 'postgres'));
    return ask<Row>(socketUrl(socketFolder, SERVICE_NAME, SERVICE_NAME), sql);
  }

  /** Waits until neither the service nor its database server, nor anything else of it, is left. */
  async expectNothingLeft(): Promise<void> {
    await eventually(() => expect(processesIn(this.path)).toEqual([]));
  }

  async dispose(): Promise<void> {
    await Promise.all(this.services.map((service) => service.kill()));
    await this.expectNothingLeft();
    rmSync(this.path, { recursive: true, force: true });
  }
}
