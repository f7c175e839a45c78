import { AppError } from '../../../kernel/errors/app-error';

/** One text of the query string. @throws AppError `validation` naming it when it is missing, empty or given twice */
export function singleText(name: string, value: unknown): string {
  if (typeof value !== 'string' || value === '') {
    throw new AppError('validation', { fields: [{ field: name, message: 'must be given once' }] });
  }
  return value;
}
