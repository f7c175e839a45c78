import { Module } from '@nestjs/common';
import { Users } from './users.repository';

@Module({ providers: [Users], exports: [Users] })
export class UserModule {}
