import 'reflect-metadata';
import { Module, type DynamicModule } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ConfigModule } from '../config/config.module';
import { readEnvironment } from '../config/read-environment';
import type { Settings } from '../config/settings';
import { SessionModule } from '../core/session/session.module';
import { SigningKeys } from '../core/session/signing-keys.service';
import { DatabaseModule } from '../database/database.module';
import { entities } from '../entities';
import { PlatformModule } from '../platform/platform.module';

const USAGE = `Usage: npm run keys:rotate [-- --compromised]

Publishes the next signing key, which signs after SIGNING_KEY_LEAD. With --compromised the current key and the former
ones are dropped at once instead, with every access token they signed; clients get new ones with their refresh tokens.`;

/** Only what holds the keys: rotating them sends no mail and answers no request. */
@Module({})
class RotateKeysModule {
  static with(settings: Settings): DynamicModule {
    return {
      module: RotateKeysModule,
      imports: [ConfigModule.with(settings), DatabaseModule.with(entities), PlatformModule, SessionModule],
    };
  }
}

/** `npm run keys:rotate`: does it beside a running service, whose processes hear of it. Returns what to print. */
export async function rotateKeys(settings: Settings, options: readonly string[]): Promise<string> {
  if (options.some((option) => option !== '--compromised')) throw new Error(USAGE);
  const app = await NestFactory.createApplicationContext(RotateKeysModule.with(settings), {
    logger: ['warn', 'error'],
    abortOnError: false,
  });
  try {
    const next = await app.get(SigningKeys).rotate({ isCompromised: options.length > 0 });
    return `Key ${next.kid} signs from ${next.signsFrom.toISOString()} on.`;
  } finally {
    await app.close();
  }
}

async function main(): Promise<void> {
  try {
    process.stdout.write(`${await rotateKeys(readEnvironment(), process.argv.slice(2))}\n`);
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  }
}

if (require.main === module) void main();
