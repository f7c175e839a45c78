import { Injectable } from '@nestjs/common';
import { RuleSet } from './rule-set';

/** The rules that are in force. */
@Injectable()
export class StorageRules {
  /** Take it once a request and ask it everything: a reload in between must not change its rules. */
  current(): RuleSet {
    return new RuleSet();
  }
}
