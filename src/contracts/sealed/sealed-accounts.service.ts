import { Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { GetAccount } from '../../core/auth/get-account.flow';
import { SealedRegister } from '../../core/auth/sealed/sealed-register.flow';
import { SealedSignIn } from '../../core/auth/sealed/sealed-sign-in.flow';
import type { SessionLifetimes, SignedIn } from '../../core/auth/session-opener.service';
import { Settings } from '../../config/settings';
import { callerOf } from '../../http/caller';
import { CookieJar } from '../../http/cookie-jar';
import { ValidationPipe } from '../../http/validation.pipe';
import { AppError } from '../../kernel/errors/app-error';
import { SealedLoginDto } from './dto/sealed-login.dto';
import { SealedRegisterDto } from './dto/sealed-register.dto';
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
    private readonly register: SealedRegister,
    private readonly signIn: SealedSignIn,
    private readonly account: GetAccount,
    private readonly cookies: CookieJar,
  ) {}

  async postRegister(request: FastifyRequest, reply: FastifyReply): Promise<SealedSignedInDto> {
    const body = await this.read(request, SealedRegisterDto);
    const { email, username } = body;
    const signedIn = await this.register.execute({
      email,
      username,
      sealed: toSealedSecret(body),
      lifetimes: this.lifetimes(),
      caller: callerOf(request, SEALED),
    });
    return this.toSignedIn(signedIn, 201, reply);
  }

  async postLogin(request: FastifyRequest, reply: FastifyReply): Promise<SealedSignedInDto> {
    const body = await this.read(request, SealedLoginDto);
    const outcome = await this.signIn.execute({
      name: { kind: 'username', text: body.username },
      sealed: toSealedSecret(body),
      code: body.totpCode ?? null,
      lifetimes: this.lifetimes(),
      // tokens travel in JSON, also where the second factor comes in a request of its own
      remembered: { cookie: false },
      caller: callerOf(request, SEALED),
    });
    if ('mfaTicket' in outcome) throw new AppError('mfa-required', { details: { ticket: outcome.mfaTicket } });
    return this.toSignedIn(outcome, 200, reply);
  }

  async getMe({ principal }: FastifyRequest): Promise<SealedUserDto> {
    if (!principal) throw new AppError('invalid-token');
    const { user } = await this.account.execute(principal);
    return toSealedUserDto(user);
  }

  private lifetimes(): SessionLifetimes {
    const { accessTokenSeconds: accessSeconds, refreshTokenSeconds: refreshSeconds } = this.settings;
    return { accessSeconds, refreshSeconds };
  }

  /** The path's own route has set a status already: the other contract's. */
  private toSignedIn(signedIn: SignedIn, status: 200 | 201, reply: FastifyReply): SealedSignedInDto {
    this.cookies.offerDevice(reply, signedIn.deviceToken);
    void reply.status(status);
    return toSignedInDto(signedIn);
  }

  private read<Dto extends object>({ body }: FastifyRequest, metatype: new () => Dto): Promise<Dto> {
    return this.pipe.transform(body, { type: 'body', metatype }) as Promise<Dto>;
  }
}
