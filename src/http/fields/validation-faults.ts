import type { ValidationError } from 'class-validator';
import type { FieldFault } from '../../kernel/errors/app-error';
import type { ErrorCode } from '../../kernel/errors/error-catalogue';
import type { RefusalContext } from './is-opaque-secret';

export const UNKNOWN_FIELD = 'is not known here';

const MOST_FAULTS = 20;
const LONGEST_NAME = 100;

/** One fault a field, by its path (`a.b.0`), without those that are refused as something else than `validation`. */
export function faultsOf(errors: readonly ValidationError[]): FieldFault[] {
  return leavesOf(errors, '')
    .filter(({ error }) => refusalCode(error) === null)
    .slice(0, MOST_FAULTS)
    .map(({ path, error }) => ({ field: path.slice(0, LONGEST_NAME), message: messageOf(error) }));
}

/** What a malformed secret among the fields is refused as. */
export function refusalOf(errors: readonly ValidationError[]): ErrorCode | null {
  for (const { error } of leavesOf(errors, '')) {
    const code = refusalCode(error);
    if (code) return code;
  }
  return null;
}

interface Leaf {
  readonly path: string;
  readonly error: ValidationError;
}

function leavesOf(errors: readonly ValidationError[], prefix: string): Leaf[] {
  return errors.flatMap((error) => {
    const path = `${prefix}${error.property}`;
    const own: Leaf[] = error.constraints ? [{ path, error }] : [];
    return [...own, ...leavesOf(error.children ?? [], `${path}.`)];
  });
}

function refusalCode(error: ValidationError): ErrorCode | null {
  if (error.value === undefined || error.value === null) return null;
  const contexts = Object.values(error.contexts ?? {}) as Partial<RefusalContext>[];
  return contexts.find(({ refusedAs }) => refusedAs !== undefined)?.refusedAs ?? null;
}

function messageOf({ constraints = {} }: ValidationError): string {
  // class-validator's own text for it repeats the name, which is as long as the caller likes
  if ('whitelistValidation' in constraints) return UNKNOWN_FIELD;
  return Object.values(constraints)[0] ?? 'is wrong';
}
