import { Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { GetAccount } from '../../core/auth/get-account.flow';
import { SealedSignIn } from '../../core/auth/sealed/sealed-sign-in.flow';
import { Settings } from '../../config/settings';
import { callerOf } from '../../http/caller';
import { CookieJar } from '../../http/cookie-jar';
import { ValidationPipe } from '../../http/validation.pipe';
import { AppError } from '../../kernel/errors/app-error';
import { SealedLoginDto } from './dto/sealed-login.dto';
import type { SealedSignedInDto } from './dto/sealed-signed-in.dto';
import type { SealedUserDto } from './dto/sealed-user.dto';
import { SEALED } from './sealed';
import { toSealedSecret, toSealedUserDto, toSignedInDto } from './sealed.mapper';

/** What this contract answers at the paths that it shares; behind the guards of the routes there. */
@Injectable()
export class SealedAccounts {
  private readonly pipe = new ValidationPipe();

  constructor(
    private readonly settings: Settings,
    private readonly signIn: SealedSignIn,
    private readonly account: GetAccount,
    private readonly cookies: CookieJar,
  ) {}

  async postLogin(request: FastifyRequest, reply: FastifyReply): Promise<SealedSignedInDto> {
    const body = await this.read(request, SealedLoginDto);
    const { accessTokenSeconds: accessSeconds, refreshTokenSeconds: refreshSeconds } = this.settings;
    const outcome = await this.signIn.execute({
      name: { kind: 'username', text: body.username },
      sealed: toSealedSecret(body),
      code: body.totpCode ?? null,
      lifetimes: { accessSeconds, refreshSeconds },
      // tokens travel in JSON, also where the second factor comes in a request of its own
      remembered: { cookie: false },
      caller: callerOf(request, SEALED),
    });
    if ('mfaTicket' in outcome) throw new AppError('mfa-required', { details: { ticket: outcome.mfaTicket } });
    this.cookies.offerDevice(reply, outcome.deviceToken);
    void reply.status(200);
    return toSignedInDto(outcome);
  }

  async getMe({ principal }: FastifyRequest): Promise<SealedUserDto> {
    if (!principal) throw new AppError('invalid-token');
    const { user } = await this.account.execute(principal);
    return toSealedUserDto(user);
  }

  private read<Dto extends object>({ body }: FastifyRequest, metatype: new () => Dto): Promise<Dto> {
    return this.pipe.transform(body, { type: 'body', metatype }) as Promise<Dto>;
  }
}
