import { Injectable } from '@nestjs/common';
import { statement, type Tx } from '../../database/database.service';
import { addSeconds, Clock, DAY_SECONDS, HOUR_SECONDS } from '../../kernel/clock';
import type { Caller } from '../../kernel/principal';
import { NOBODY } from '../../kernel/ids';
import type { Factor } from './bucket';
import { Devices } from './devices.repository';
import { KnownNetworks } from './known-networks.repository';
import { Locks } from './locks.repository';

/** By what an account knows the caller; all null: a stranger. */
export interface Recognised {
  /** That its token names. */
  readonly deviceId: string | null;
  /** Of a live session whose token came along. */
  readonly sessionId: string | null;
  readonly network: string | null;
}

/** What a caller brings, none of it checked against the account yet. */
export interface PresentedProofs {
  /** That the device token names. */
  readonly deviceId: string | null;
  /** Live, and the account's own. */
  readonly session: { readonly id: string; readonly deviceId: string | null } | null;
  readonly network: string;
}

export interface FullSignIn {
  readonly userId: string;
  readonly deviceId: string;
  /** No token of ours came along: the network is what this client is known by next time. */
  readonly isTokenless: boolean;
  readonly withSecondFactor: boolean;
  readonly caller: Caller;
}

/** How long a network stays known after a sign-in without a token. */
const NETWORK_SECONDS = 30 * DAY_SECONDS;
/** How long one stays known after a mailed link: the mail may be read on the phone, the sign-in be on the laptop. */
const LINK_SECONDS = HOUR_SECONDS;

const STRANGER: Recognised = { deviceId: null, sessionId: null, network: null };

const KNOWN_DEVICE = 'SELECT device_id FROM devices WHERE user_id = $1 AND ($2 OR second_factor_at IS NOT NULL)';
const KNOWN_NETWORK = `SELECT network FROM known_networks
  WHERE user_id = $1 AND known_until > $7 AND ($2 OR second_factor_at IS NOT NULL)`;
const RECOGNISE = `SELECT (${KNOWN_DEVICE} AND device_id = $3) AS "deviceId",
  (SELECT $4::uuid WHERE EXISTS (${KNOWN_DEVICE} AND device_id = $5)) AS "sessionId",
  (${KNOWN_NETWORK} AND network = $6) AS network`;

/** Whom an account knows: the devices it was used from, and the networks of clients that keep no token. */
@Injectable()
export class KnownCallers {
  constructor(
    private readonly clock: Clock,
    private readonly devices: Devices,
    private readonly networks: KnownNetworks,
    private readonly locks: Locks,
  ) {}

  /**
   * One statement, the same for an account and for none. A live session counts while its device is known; the second factor
   * knows only those who have passed it.
   */
  async recognise(
    tx: Tx,
    userId: string | null,
    factor: Factor,
    { deviceId, session, network }: PresentedProofs,
  ): Promise<Recognised> {
    const { rows } = await statement<Recognised>(tx, RECOGNISE, [
      userId ?? NOBODY,
      factor === 'secret',
      deviceId,
      session?.id ?? null,
      session?.deviceId ?? null,
      network,
      this.clock.now(),
    ]);
    return rows[0] ?? STRANGER;
  }

  /** Makes the caller's device known to the account. One that was not known before begins with buckets of its own, empty. */
  async bind(tx: Tx, userId: string, deviceId: string, caller: Caller): Promise<void> {
    const isNew = await this.devices.bind(tx, userId, deviceId, caller, this.clock.now());
    if (isNew) await this.locks.emptyKnown(tx, userId, deviceId);
  }

  /** After a full sign-in: the device, and where no token came along the network, are known from now on. */
  async remember(tx: Tx, { userId, deviceId, isTokenless, withSecondFactor, caller }: FullSignIn): Promise<void> {
    await this.bind(tx, userId, deviceId, caller);
    if (withSecondFactor) await this.notePassedFactor(tx, userId, deviceId);
    if (isTokenless) await this.note(tx, userId, caller.network, NETWORK_SECONDS, withSecondFactor);
  }

  /**
   * After a mailed link: the device and, for an hour, the network are known, and nothing that failed from there before
   * counts against the secret. The second factor is not touched: the mailbox is no proof of it.
   */
  async welcome(tx: Tx, userId: string, deviceId: string, caller: Caller): Promise<void> {
    await this.bind(tx, userId, deviceId, caller);
    await this.note(tx, userId, caller.network, LINK_SECONDS, false);
    await this.locks.emptySecrets(tx, userId, [deviceId, caller.network]);
  }

  /** A device that has failed too often is a stranger. Its bucket stays: attempts under way must not find a new one. */
  async disownDevice(tx: Tx, userId: string, deviceId: string): Promise<void> {
    await this.devices.unbind(tx, userId, deviceId);
  }

  /** The same of a network. */
  async disownNetwork(tx: Tx, userId: string, network: string): Promise<void> {
    await this.networks.forget(tx, userId, network);
  }

  async forgetDevice(tx: Tx, userId: string, deviceId: string): Promise<boolean> {
    await this.locks.emptyKnown(tx, userId, deviceId);
    return this.devices.unbind(tx, userId, deviceId);
  }

  /** By the id the owner calls it by. Returns whether the account knew it. */
  async forgetNetworkById(tx: Tx, userId: string, id: string): Promise<boolean> {
    const network = await this.networks.forgetById(tx, userId, id);
    if (network !== null) await this.locks.emptyKnown(tx, userId, network);
    return network !== null;
  }

  /** Everybody is a stranger again. */
  async forgetAll(tx: Tx, userId: string): Promise<void> {
    await this.devices.unbindAll(tx, userId);
    await this.networks.forgetAll(tx, userId);
    await this.locks.emptyAllKnown(tx, userId);
  }

  /** The factor is gone with whoever had it: what was guessed at it says nothing of the one that comes. */
  async forgetGuessesAtFactor(tx: Tx, userId: string): Promise<void> {
    await this.locks.emptyFactors(tx, userId, ['second-factor', 'recovery']);
  }

  async notePassedFactor(tx: Tx, userId: string, deviceId: string): Promise<void> {
    await this.devices.notePassedFactor(tx, userId, deviceId, this.clock.now());
  }

  /** The account's second factor is gone or another one: nobody has passed it yet. */
  async forgetPassedFactors(tx: Tx, userId: string): Promise<void> {
    await this.devices.forgetSecondFactor(tx, userId);
    await this.networks.forgetSecondFactor(tx, userId);
  }

  private async note(
    tx: Tx,
    userId: string,
    network: string,
    seconds: number,
    withSecondFactor: boolean,
  ): Promise<void> {
    const now = this.clock.now();
    const visit = { userId, network, now, knownUntil: addSeconds(now, seconds), withSecondFactor };
    const isNew = await this.networks.note(tx, visit);
    if (isNew) await this.locks.emptyKnown(tx, userId, network);
  }
}
