import { Injectable } from '@nestjs/common';
import { Database } from '../../database/database.service';
import type { Principal } from '../../kernel/principal';
import { Totp } from '../mfa/totp.service';
import { otpauthUri, qrImage, toBase32, TOTP_ISSUER } from '../mfa/totp-secret';
import { LiveSession } from './live-session.service';
import { RecentProof } from './recent-proof.service';

export interface GeneratedTotp {
  /** A QR code as a PNG data URI. */
  readonly imageUrl: string;
  /** The same secret in base32, for typing. */
  readonly secret: string;
}

/** Makes a TOTP secret that waits to be enabled, by the session that asks and no other. */
@Injectable()
export class GenerateTotp {
  constructor(
    private readonly database: Database,
    private readonly recentProof: RecentProof,
    private readonly liveSession: LiveSession,
    private readonly totp: Totp,
  ) {}

  /** @throws AppError `reauthentication-required`, `mfa-already-enabled`, `session-ended` */
  async execute(principal: Principal): Promise<GeneratedTotp> {
    this.recentProof.demand(principal);
    const { user, secret } = await this.database.transaction(async (tx) => {
      const account = await this.liveSession.lock(tx, principal);
      return { user: account, secret: await this.totp.generate(tx, account.id, principal.sessionId) };
    });
    const uri = otpauthUri(TOTP_ISSUER, user.email ?? user.username ?? user.id, secret);
    return { imageUrl: qrImage(uri), secret: toBase32(secret) };
  }
}
