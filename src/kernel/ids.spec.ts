import { isUuid, newId } from './ids';

describe('isUuid', () => {
  it('knows every id that is made here', () => {
    expect(Array.from({ length: 100 }, newId).every(isUuid)).toBe(true);
  });

  it.each([
    '',
    '1',
    '00000000-0000-0000-0000-00000000000',
    '00000000-0000-0000-0000-0000000000000',
    '00000000-0000-0000-0000-00000000000g',
    '{00000000-0000-0000-0000-000000000000}',
    '00000000000000000000000000000000',
    '00000000-0000-0000-0000-000000000000\n',
    "' OR 1=1 --",
  ])('refuses %j, which PostgreSQL would refuse or read as something else', (text) => {
    expect(isUuid(text)).toBe(false);
  });

  it('takes either case', () => {
    expect(isUuid('ABCDEF00-0000-4000-8000-000000000000')).toBe(true);
  });
});
