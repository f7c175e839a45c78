import { describeOddBodies } from '../support/odd-input/odd-suite';

describeOddBodies('older spellings', { LEGACY_SPELLINGS: 'true' });
