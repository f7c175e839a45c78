import { Module } from '@nestjs/common';
import { RecoveryCodes } from './recovery-codes.service';
import { SecondFactor } from './second-factor.service';
import { Totp } from './totp.service';

@Module({ providers: [RecoveryCodes, SecondFactor, Totp], exports: [RecoveryCodes, SecondFactor, Totp] })
export class MfaModule {}
