import { Global, Module } from '@nestjs/common';
import { Readiness } from './readiness.service';

/** Where everything that needs something says so, and whoever watches the process asks. */
@Global()
@Module({ providers: [Readiness], exports: [Readiness] })
export class HealthModule {}
