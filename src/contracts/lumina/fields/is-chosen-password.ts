import { ValidateBy } from 'class-validator';
import { isSecretText } from '../../../http/fields/is-secret-text';
import { codePointLength, normalizePassword } from '../../../kernel/canonical';

const SHORTEST = 8;
const LONGEST = 128;
/** Of what the clients of this contract tell people they need. */
const NEEDED = [/\p{Lu}/u, /\p{Nd}/u, /[^\p{L}\p{N}\s]/u];

/** A password that is being chosen. What settings ask beyond this contract's rule is the flow's to say. */
export function IsChosenPassword(): PropertyDecorator {
  return ValidateBy({
    name: 'isChosenPassword',
    validator: {
      validate: isChosenPassword,
      defaultMessage: () => 'must have 8 to 128 characters, among them an upper-case letter, a digit and a symbol',
    },
  });
}

function isChosenPassword(value: unknown): boolean {
  if (typeof value !== 'string' || !isSecretText(value)) return false;
  // as it is counted and hashed
  const normalized = normalizePassword(value);
  const length = codePointLength(normalized);
  return length >= SHORTEST && length <= LONGEST && NEEDED.every((kind) => kind.test(normalized));
}
