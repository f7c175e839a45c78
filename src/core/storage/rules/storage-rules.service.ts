import { Injectable, Logger } from '@nestjs/common';
import { Settings } from '../../../config/settings';
import { RuleSet } from './rule-set';
import { StorageRulesError } from './storage-rules.error';

/** The rules that are in force: those of the file `STORAGE_RULES`, as it was when it was last read and found right. */
@Injectable()
export class StorageRules {
  private readonly logger = new Logger(StorageRules.name);
  private readonly file: string;
  private rules: RuleSet;

  /** @throws StorageRulesError naming every fault at once: without rules nothing may start */
  constructor(settings: Settings) {
    this.file = settings.storageRulesFile;
    this.rules = RuleSet.read(this.file);
  }

  /** Take it once a request and ask it everything: a reload in between must not change its rules. */
  current(): RuleSet {
    return this.rules;
  }

  /** Reads the file again. One with faults is refused as a whole, they are logged, and the former rules stay. */
  reload(): void {
    try {
      this.rules = RuleSet.read(this.file);
      this.logger.log(`storage rules read again from ${this.file}`);
    } catch (error) {
      if (!(error instanceof StorageRulesError)) throw error;
      this.logger.error(`storage rules refused, the former ones stay. ${error.message}`);
    }
  }
}
