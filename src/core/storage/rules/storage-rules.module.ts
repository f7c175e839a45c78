import { Module } from '@nestjs/common';
import { StorageRules } from './storage-rules.service';

/** Who may do what with which path. */
@Module({ providers: [StorageRules], exports: [StorageRules] })
export class StorageRulesModule {}
