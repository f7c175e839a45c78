import { Injectable } from '@nestjs/common';
import { Database } from '../../database/database.service';
import type { Caller, Principal } from '../../kernel/principal';
import { KnownCallerList, type KnownCaller } from '../lockout/known-caller-list.repository';
import { DeviceGrants } from './device-grants.service';

export interface ListedCaller extends KnownCaller {
  /** Whether the request itself comes from there. */
  readonly isCurrent: boolean;
}

/** The devices and networks that one's own account knows: from there strangers cannot lock it. */
@Injectable()
export class ListDevices {
  constructor(
    private readonly database: Database,
    private readonly list: KnownCallerList,
    private readonly devices: DeviceGrants,
  ) {}

  async execute({ userId }: Principal, caller: Caller): Promise<ListedCaller[]> {
    const { pool } = this.database;
    const deviceId = await this.devices.currentDevice(pool, userId, caller);
    const known = await this.list.of(pool, userId);
    return known.map((each) => ({
      ...each,
      isCurrent: each.kind === 'device' ? each.id === deviceId : each.network === caller.network,
    }));
  }
}
