import { describeOddBodies } from '../support/odd-input/odd-suite';

describeOddBodies('storage');
