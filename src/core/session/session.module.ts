import { Module, type OnModuleInit } from '@nestjs/common';
import { JwtModule } from '@nestjs/jwt';
import { Database } from '../../database/database.service';
import { Jobs } from '../../platform/jobs/jobs.service';
import { AccessTokens } from './access-tokens.service';
import { RefreshTokens } from './refresh-tokens.service';
import { Revocations } from './revocations.service';
import { SessionEndings } from './session-endings.service';
import { SessionRotation } from './session-rotation.service';
import { Sessions } from './sessions.service';
import { SigningKeyRotation } from './signing-key-rotation.service';
import { SigningKeyRepository } from './signing-keys.repository';
import { SigningKeys } from './signing-keys.service';

const PURGE_EVERY_SECONDS = 600;

/** Signing keys, access tokens, refresh tokens, sessions, and the word of which have ended. */
@Module({
  // every call names its key and its algorithm: there is no default to fall back to
  imports: [JwtModule.register({})],
  providers: [
    AccessTokens,
    RefreshTokens,
    Revocations,
    SessionEndings,
    SessionRotation,
    Sessions,
    SigningKeyRepository,
    SigningKeyRotation,
    SigningKeys,
  ],
  exports: [AccessTokens, RefreshTokens, Revocations, Sessions, SigningKeys],
})
export class SessionModule implements OnModuleInit {
  constructor(
    private readonly jobs: Jobs,
    private readonly database: Database,
    private readonly sessions: Sessions,
    private readonly revocations: Revocations,
  ) {}

  onModuleInit(): void {
    this.jobs.register({
      name: 'purge-sessions',
      everySeconds: PURGE_EVERY_SECONDS,
      run: async () => {
        await this.sessions.purge(this.database.pool);
      },
    });
    this.jobs.register({
      name: 'purge-revocations',
      everySeconds: PURGE_EVERY_SECONDS,
      run: async () => {
        await this.revocations.purge();
      },
    });
  }
}
