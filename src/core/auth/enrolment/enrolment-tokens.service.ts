import { Injectable } from '@nestjs/common';
import { JwtService } from '@nestjs/jwt';
import { Clock, DAY_SECONDS } from '../../../kernel/clock';
import { AppError } from '../../../kernel/errors/app-error';
import { isUuid } from '../../../kernel/ids';
import { ServiceKeys } from '../../../platform/keys/service-keys.service';

export const ENROLMENT_SECONDS = DAY_SECONDS;

const TOKEN_TYPE = 'enrolment';

export interface NamedEnrolment {
  readonly enrolmentId: string;
  /** In canonical form. */
  readonly address: string;
}

/**
 * What a client keeps between the steps of an enrolment, and good for nothing else. HS256 under a key of its own, which
 * is never published. It reads the same whether or not its address is in use.
 */
@Injectable()
export class EnrolmentTokens {
  constructor(
    private readonly jwt: JwtService,
    private readonly keys: ServiceKeys,
    private readonly clock: Clock,
  ) {}

  mint({ enrolmentId, address }: NamedEnrolment): string {
    const iat = this.clock.epochSeconds();
    const claims = { jti: enrolmentId, sub: address, token_type: TOKEN_TYPE, iat, exp: iat + ENROLMENT_SECONDS };
    return this.jwt.sign(claims, { algorithm: 'HS256', secret: this.keys.key('enrolment') });
  }

  /**
   * What a live token of ours names. Whether the enrolment is still open, its row says.
   *
   * @throws AppError `invalid-token`
   */
  demand(token: string | null): NamedEnrolment {
    const claims = token === null ? null : this.claimsOf(token);
    const isLive = typeof claims?.['exp'] === 'number' && claims['exp'] > this.clock.epochSeconds();
    if (!isLive || claims['token_type'] !== TOKEN_TYPE) throw new AppError('invalid-token');
    const { jti, sub } = claims;
    if (typeof jti !== 'string' || !isUuid(jti) || typeof sub !== 'string') throw new AppError('invalid-token');
    return { enrolmentId: jti, address: sub };
  }

  private claimsOf(token: string): Record<string, unknown> | null {
    try {
      return this.jwt.verify<Record<string, unknown>>(token, {
        secret: this.keys.key('enrolment'),
        algorithms: ['HS256'],
        ignoreExpiration: true, // by our own clock, in `demand`
      });
    } catch {
      return null; // whatever is wrong with it, it is no token of ours
    }
  }
}
