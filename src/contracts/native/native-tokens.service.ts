import { Injectable } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { Settings } from '../../config/settings';
import type { SessionLifetimes, SignedIn } from '../../core/auth/session-opener.service';
import type { CompletedSignIn } from '../../core/auth/complete-mfa.flow';
import { SignInCookies } from '../../http/sign-in-cookies.service';
import { CookieJar } from '../../http/cookie-jar';
import type { SignedInDto } from './dto/signed-in.dto';
import { NATIVE } from './native';
import { toAccessTokenDto, toSignedInDto } from './native.mapper';

/** Hands tokens out the way the caller asked for: by cookie, or in the body with no cookie at all. */
@Injectable()
export class NativeTokens {
  constructor(
    private readonly settings: Settings,
    private readonly cookies: CookieJar,
    private readonly signInCookies: SignInCookies,
  ) {}

  get lifetimes(): SessionLifetimes {
    return { accessSeconds: this.settings.accessTokenSeconds, refreshSeconds: this.settings.refreshTokenSeconds };
  }

  handOut(reply: FastifyReply, signedIn: SignedIn, byCookie: boolean): SignedInDto {
    this.cookies.offerDevice(reply, signedIn.deviceToken, { byCookie });
    if (!byCookie) return Object.assign(toSignedInDto(signedIn), this.legacyUser(signedIn));
    this.handOutRefresh(reply, signedIn.refreshToken, signedIn.refreshExpiresInSeconds);
    return toAccessTokenDto(signedIn.access);
  }

  /** A sign-in that another contract began ends in this one's body, and in the other's cookies where it has its own. */
  handOutCompleted(reply: FastifyReply, completed: CompletedSignIn): SignedInDto {
    const setCookies = this.signInCookies.find(completed.contract);
    if (!setCookies) {
      const answer = this.handOut(reply, completed, completed.remembered.cookie ?? true);
      // that tokens travel in JSON says nothing of the device in contracts that have one way for each
      if (completed.contract !== NATIVE) this.cookies.offerDevice(reply, completed.deviceToken);
      return answer;
    }
    this.cookies.offerDevice(reply, completed.deviceToken);
    setCookies(reply, completed);
    return toAccessTokenDto(completed.access);
  }

  handOutRefresh(reply: FastifyReply, token: string | null, lifeSeconds: number): void {
    if (token !== null) this.cookies.setRefreshToken(reply, token, lifeSeconds);
  }

  /** Older clients read who signed in from the answer itself. */
  private legacyUser({ user }: SignedIn): Pick<SignedInDto, 'user'> {
    if (!this.settings.legacySpellings) return {};
    return { user: { id: user.id, email: user.email, display_name: user.displayName } };
  }
}
