import { Injectable } from '@nestjs/common';
import type { Tx } from '../../database/database.service';
import { Clock } from '../../kernel/clock';
import type { Caller } from '../../kernel/principal';
import { DeviceTokens } from '../lockout/device-tokens.service';
import { Devices } from '../lockout/devices.repository';

/** Whether the caller's browser is known to an account. */
export interface PresentedDevice {
  /** The device that the presented token names; null without a token of ours. */
  readonly deviceId: string | null;
  readonly isKnown: boolean;
}

/** No account has this id: the same statement runs whether or not there is an account. */
const NOBODY = '00000000-0000-0000-0000-000000000000';

/** Reads and gives device tokens: what tells an owner's browser from a stranger's. */
@Injectable()
export class DeviceGrants {
  constructor(
    private readonly clock: Clock,
    private readonly tokens: DeviceTokens,
    private readonly devices: Devices,
  ) {}

  /** A forged, foreign or stale token is an unknown device, nothing more. */
  async present(tx: Tx, userId: string | null, caller: Caller): Promise<PresentedDevice> {
    const deviceId = this.tokens.read(caller.deviceToken);
    if (deviceId === null) return { deviceId, isKnown: false };
    return { deviceId, isKnown: await this.devices.isKnown(tx, userId ?? NOBODY, deviceId) };
  }

  /** Makes the caller's browser a known device of the account; it keeps the name it already has. */
  async grant(tx: Tx, userId: string, caller: Caller): Promise<string> {
    return (await this.grantNamed(tx, userId, caller)).token;
  }

  async grantNamed(tx: Tx, userId: string, caller: Caller): Promise<{ deviceId: string; token: string }> {
    const device = this.tokens.mint(this.tokens.read(caller.deviceToken) ?? undefined);
    await this.devices.bind(tx, userId, device.deviceId, caller, this.clock.now());
    return device;
  }
}
