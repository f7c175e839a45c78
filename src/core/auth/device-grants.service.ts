import { Injectable } from '@nestjs/common';
import type { Tx } from '../../database/database.service';
import type { Caller } from '../../kernel/principal';
import type { Factor } from '../lockout/bucket';
import { DeviceTokens, type DeviceToken } from '../lockout/device-tokens.service';
import { KnownCallers, type Recognised } from '../lockout/known-callers.service';
import { PresentedSessions } from './presented-sessions.service';

/** Known by more than a network: such a caller is charged nothing, and its work does not wait behind strangers'. */
export function isVouched({ deviceId, sessionId }: Recognised): boolean {
  return deviceId !== null || sessionId !== null;
}

/** Reads and gives device tokens: what tells an owner's browser from a stranger's. */
@Injectable()
export class DeviceGrants {
  constructor(
    private readonly tokens: DeviceTokens,
    private readonly callers: KnownCallers,
    private readonly sessions: PresentedSessions,
  ) {}

  /**
   * By what an account knows the caller: the device its token names, else a live session whose token came along, else its
   * network. A forged, foreign or stale token is an unknown device, nothing more.
   */
  async recognise(tx: Tx, userId: string | null, caller: Caller, factor: Factor = 'secret'): Promise<Recognised> {
    const deviceId = this.tokens.read(caller.deviceToken);
    const [session = null] = await this.sessions.find(tx, userId, caller);
    return this.callers.recognise(tx, userId, factor, { deviceId, session, network: caller.network });
  }

  /** Whether it brings a device token of ours, whosever it is. */
  isTokened(caller: Caller): boolean {
    return this.tokens.read(caller.deviceToken) !== null;
  }

  /** Whether the account knows the caller's device or session: what it asks for is not a stranger's doing. */
  async isVouched(tx: Tx, userId: string | null, caller: Caller): Promise<boolean> {
    return isVouched(await this.recognise(tx, userId, caller));
  }

  /** The known device that the caller is on, by its token or by its session; null where that is none. */
  async currentDevice(tx: Tx, userId: string, caller: Caller): Promise<string | null> {
    const { deviceId } = await this.recognise(tx, userId, caller);
    const [session] = deviceId === null ? await this.sessions.find(tx, userId, caller) : [];
    return deviceId ?? session?.deviceId ?? null;
  }

  /** Makes the caller's browser a known device of the account; it keeps the name it already has. */
  async grant(tx: Tx, userId: string, caller: Caller): Promise<string> {
    const device = this.mint(caller);
    await this.callers.bind(tx, userId, device.deviceId, caller);
    return device.token;
  }

  /** After a full sign-in: the same, and a client that brought no token is known by its network from now on. */
  async grantAfterSignIn(
    tx: Tx,
    userId: string,
    caller: Caller,
    { withSecondFactor }: { readonly withSecondFactor: boolean },
  ): Promise<DeviceToken> {
    const device = this.mint(caller);
    const isTokenless = !this.isTokened(caller);
    await this.callers.remember(tx, { userId, deviceId: device.deviceId, isTokenless, withSecondFactor, caller });
    return device;
  }

  /** After a mailed link: lets this browser, and for an hour this network, in past a lock. */
  async grantAfterLink(tx: Tx, userId: string, caller: Caller): Promise<string> {
    const device = this.mint(caller);
    await this.callers.welcome(tx, userId, device.deviceId, caller);
    return device.token;
  }

  /** Who had passed a former second factor has not passed this one; but the device that has just enabled it has. */
  async noteFactorChange(tx: Tx, userId: string, caller: Caller, isEnabled: boolean): Promise<void> {
    await this.callers.forgetPassedFactors(tx, userId);
    const deviceId = await this.currentDevice(tx, userId, caller);
    if (isEnabled && deviceId !== null) await this.callers.notePassedFactor(tx, userId, deviceId);
  }

  private mint(caller: Caller): DeviceToken {
    return this.tokens.mint(this.tokens.read(caller.deviceToken) ?? undefined);
  }
}
