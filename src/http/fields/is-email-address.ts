import { ValidateBy, type ValidationOptions } from 'class-validator';
import { codePointLength, normalizeEmail } from '../../kernel/canonical';
import { hasInvisible, isWellFormed } from './text-rules';

/** RFC 5321 §4.5.3.1.3: a path has 256 octets, two of them brackets. */
const LONGEST_ADDRESS = 254;
const LONGEST_LOCAL_PART = 64;

/** An address that can be mailed to: one `@`, no quoting, no comments, nothing invisible. */
export function IsEmailAddress(options?: ValidationOptions): PropertyDecorator {
  return ValidateBy(
    {
      name: 'isEmailAddress',
      validator: { validate: isEmailAddress, defaultMessage: () => 'must be an e-mail address' },
    },
    options,
  );
}

export function isEmailAddress(value: unknown): boolean {
  // the length is checked first: what follows works through all of the text
  if (typeof value !== 'string' || value.length > LONGEST_ADDRESS * 2 || !isWellFormed(value)) return false;
  // judged as it will be stored: folding can lengthen a text and bring forth characters that were not in it
  return isMailable(normalizeEmail(value));
}

function isMailable(address: string): boolean {
  if (Buffer.byteLength(address) > LONGEST_ADDRESS || hasInvisible(address)) return false;
  const match = /^([^@"(),:;<>[\\\]]+)@([^@"(),:;<>[\\\]]+)$/.exec(address);
  if (!match) return false;
  const [, local = '', domain = ''] = match;
  return codePointLength(local) <= LONGEST_LOCAL_PART && isDotted(local) && isDotted(domain) && !/^-|-$/.test(domain);
}

/** No dot at an end, no two in a row (RFC 5321 §4.1.2). */
function isDotted(part: string): boolean {
  return part.split('.').every((atom) => atom !== '');
}
