import { Global, Module, type OnModuleInit } from '@nestjs/common';
import { APP_FILTER, APP_INTERCEPTOR, APP_PIPE, HttpAdapterHost } from '@nestjs/core';
import { MailModule } from '../core/mail/mail.module';
import { SessionModule } from '../core/session/session.module';
import { HealthModule } from '../platform/health/health.module';
import { AccessTokenStrategy } from './access-token.strategy';
import { VerifiedTokens } from './auth/verified-tokens.cache';
import { BudgetsModule } from './budgets/budgets.module';
import { InFlightInterceptor } from './budgets/in-flight.interceptor';
import { RequestsInFlight } from './budgets/requests-in-flight';
import { CookieJar } from './cookie-jar';
import { ErrorResponder } from './errors/error-responder.service';
import { HealthController } from './health.controller';
import { HttpAdapter } from './http-adapter';
import { HttpErrorFilter } from './http-error.filter';
import { OpenApiController } from './openapi/openapi.controller';
import { OpenApiDocument } from './openapi/openapi-document.service';
import { PresenterRegistry } from './presenters/presenter-registry';
import { ReadinessChecks } from './readiness-checks.service';
import { SignInCookies } from './sign-in-cookies.service';
import { ValidationPipe } from './validation.pipe';

/** What all contracts share. Global: their guards, and the flows' port of failure budgets, are found everywhere. */
@Global()
@Module({
  imports: [HealthModule, SessionModule, MailModule, BudgetsModule],
  controllers: [HealthController, OpenApiController],
  providers: [
    { provide: APP_FILTER, useClass: HttpErrorFilter },
    { provide: APP_PIPE, useClass: ValidationPipe },
    { provide: APP_INTERCEPTOR, useClass: InFlightInterceptor },
    { provide: RequestsInFlight, useFactory: () => new RequestsInFlight() },
    { provide: VerifiedTokens, useFactory: () => new VerifiedTokens() },
    AccessTokenStrategy,
    CookieJar,
    ErrorResponder,
    OpenApiDocument,
    PresenterRegistry,
    ReadinessChecks,
    SignInCookies,
  ],
  exports: [
    SessionModule,
    BudgetsModule,
    AccessTokenStrategy,
    CookieJar,
    OpenApiDocument,
    PresenterRegistry,
    RequestsInFlight,
    SignInCookies,
    VerifiedTokens,
  ],
})
export class HttpModule implements OnModuleInit {
  constructor(
    private readonly host: HttpAdapterHost,
    private readonly responder: ErrorResponder,
  ) {}

  onModuleInit(): void {
    const { httpAdapter } = this.host;
    if (httpAdapter instanceof HttpAdapter) httpAdapter.answerErrorsWith(this.responder);
  }
}
