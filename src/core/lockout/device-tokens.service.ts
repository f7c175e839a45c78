import { Injectable } from '@nestjs/common';
import { JwtService } from '@nestjs/jwt';
import { Clock, DAY_SECONDS } from '../../kernel/clock';
import { isUuid, newId } from '../../kernel/ids';
import { ServiceKeys } from '../../platform/keys/service-keys.service';

export interface DeviceToken {
  readonly deviceId: string;
  readonly token: string;
}

/** How long a browser keeps its token; each full sign-in gives it a fresh one. */
export const DEVICE_TOKEN_SECONDS = 365 * DAY_SECONDS;

interface DeviceClaims {
  readonly jti?: unknown;
  readonly token_type?: unknown;
  readonly exp?: unknown;
}

/**
 * Device tokens: they name a browser or app, whoever uses it, and prove nothing about a person. HS256 under a key of
 * their own. No issuer is checked: the service must be able to change its address and still know its users' browsers.
 */
@Injectable()
export class DeviceTokens {
  constructor(
    private readonly jwt: JwtService,
    private readonly serviceKeys: ServiceKeys,
    private readonly clock: Clock,
  ) {}

  /** A token that lives a year, for a known device or for a new one. */
  mint(deviceId: string = newId()): DeviceToken {
    const iat = this.clock.epochSeconds();
    const claims = { jti: deviceId, token_type: 'device', iat, exp: iat + DEVICE_TOKEN_SECONDS };
    return { deviceId, token: this.jwt.sign(claims, { algorithm: 'HS256', secret: this.serviceKeys.key('device') }) };
  }

  /** The device's id; null for no token and for anything that is no live token of ours: then it is an unknown device. */
  read(token: string | null): string | null {
    const claims = token === null ? null : this.claimsOf(token);
    const isLive = typeof claims?.exp === 'number' && claims.exp > this.clock.epochSeconds();
    if (!isLive || claims.token_type !== 'device' || typeof claims.jti !== 'string') return null;
    return isUuid(claims.jti) ? claims.jti : null;
  }

  private claimsOf(token: string): DeviceClaims | null {
    try {
      return this.jwt.verify<DeviceClaims>(token, {
        secret: this.serviceKeys.key('device'),
        algorithms: ['HS256'],
        ignoreExpiration: true, // by our own clock, in `read`
      });
    } catch {
      return null; // whatever is wrong with it, it names no device
    }
  }
}
