import { getMetadataStorage } from 'class-validator';
import 'reflect-metadata';
import { AppError } from '../../kernel/errors/app-error';

const METADATA = 'latchkey:reads-any-case';

/** For the DTOs of contracts whose clients spell field names as they like: `username` is `Username`. ASCII case only. */
export function ReadsAnyCase(): ClassDecorator {
  return (target) => {
    Reflect.defineMetadata(METADATA, true, target);
  };
}

/**
 * The body with its fields as the DTO spells them, where the DTO says `@ReadsAnyCase()`; those it does not know stay as
 * they are.
 *
 * @throws AppError `validation` when a field is there in two spellings: which one counts nobody could say
 */
export function inDeclaredCase(body: object, dto: object | undefined): object {
  if (dto === undefined || Reflect.getMetadata(METADATA, dto) !== true) return body;
  const declared = declaredNames(dto);
  const entries = Object.entries(body).map(([name, value]) => [declared.get(folded(name)) ?? name, value] as const);
  const twice = repeated(entries.map(([name]) => name));
  if (twice.length > 0) {
    throw new AppError('validation', { fields: twice.map((field) => ({ field, message: 'is there twice' })) });
  }
  return Object.fromEntries(entries);
}

function repeated(names: readonly string[]): string[] {
  const seen = new Set<string>();
  const twice = names.filter((name) => seen.size === seen.add(name).size);
  return [...new Set(twice)];
}

function declaredNames(dto: object): Map<string, string> {
  const rules = getMetadataStorage().getTargetValidationMetadatas(dto as never, '', false, false);
  return new Map(rules.map(({ propertyName }) => [folded(propertyName), propertyName]));
}

/** Not `toLowerCase` of everything: the Kelvin sign is no k. */
function folded(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
}
