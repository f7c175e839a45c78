import { ValidateBy, type ValidationArguments } from 'class-validator';

/** The same text as in another field, which says what it may be. */
export function IsSameAs(other: string): PropertyDecorator {
  return ValidateBy({
    name: 'isSameAs',
    validator: {
      validate: (value: unknown, args?: ValidationArguments) =>
        typeof value === 'string' && value === (args?.object as Record<string, unknown> | undefined)?.[other],
      defaultMessage: () => `must be the same as ${other}`,
    },
  });
}
