import { AppError } from '../../kernel/errors/app-error';
import { singleQuery, storagePathBelow } from './raw-target';

function faultOf(act: () => unknown): { code: string; fields: readonly { field: string; message: string }[] } {
  try {
    act();
  } catch (error) {
    if (error instanceof AppError) return { code: error.code, fields: error.fields };
    throw error;
  }
  throw new Error('nothing was refused');
}

describe('the path below a route', () => {
  it.each([
    ['/storage/user/1/a.txt', ['user', '1', 'a.txt'], false],
    ['/storage/user/1/', ['user', '1'], true],
    ['/storage/', [], true],
    ['/storage/a%20b%3Fc%23d%25/x', ['a b?c#d%', 'x'], false],
    ['/storage/a%252fb', ['a%2fb'], false],
    ['/storage/a?token=/../x', ['a'], false],
    ['/storage/a/?token=x', ['a'], true],
    ['/storage/a#b', ['a'], false],
    ['/%73torage/a', ['a'], false],
    ['http://id.example.com/storage/a', ['a'], false],
    ['/storage/%E2%82%AC', ['€'], false],
    ['/storage/e%CC%81', ['é'], false],
    ['/storage/%F0%9F%91%8D', ['👍'], false],
    ['/storage/dots...', ['dots...'], false],
    ['/storage/...', ['...'], false],
    [`/storage/${'n'.repeat(255)}`, ['n'.repeat(255)], false],
  ])('of %s is read as it was sent', (target, segments, isFolder) => {
    expect(storagePathBelow(target, 1)).toEqual({ segments, isFolder });
  });

  it('is none where the route itself was asked for', () => {
    expect(storagePathBelow('/storage', 1)).toBeNull();
    expect(storagePathBelow('/storage/meta?x', 2)).toBeNull();
  });

  it.each([
    ['/storage/a/../b', 'has a segment . or ..'],
    ['/storage/a/%2e%2E/b', 'has a segment . or ..'],
    ['/storage/./b', 'has a segment . or ..'],
    ['/storage/..', 'has a segment . or ..'],
    ['/storage/a%2fb', 'has a slash or backslash inside a segment'],
    ['/storage/a%5Cb', 'has a slash or backslash inside a segment'],
    ['/storage/a\\b', 'has a slash or backslash inside a segment'],
    ['/storage/a//b', 'has an empty segment'],
    ['/storage//', 'has an empty segment'],
    ['/storage/a%00b', 'has a control character'],
    ['/storage/a%0D%0Ab', 'has a control character'],
    ['/storage/a%7f', 'has a control character'],
    ['/storage/a%C2%85', 'has a control character'],
    ['/storage/a%E2%80%A8', 'has a control character'],
    ['/storage/a%FF', 'is not UTF-8 in percent encoding'],
    ['/storage/%C0%AE%C0%AE/x', 'is not UTF-8 in percent encoding'],
    ['/storage/%ED%A0%80', 'is not UTF-8 in percent encoding'],
    ['/storage/100%', 'is not UTF-8 in percent encoding'],
    [`/storage/${'n'.repeat(256)}`, 'has a segment of more than 255 bytes'],
    [`/storage/${'%C3%A9'.repeat(128)}`, 'has a segment of more than 255 bytes'],
    [`/storage/${'n/'.repeat(512)}nn`, 'is longer than 1024 bytes'],
  ])('of %s is refused: it %s', (target, message) => {
    expect(faultOf(() => storagePathBelow(target, 1))).toEqual({
      code: 'bad-url',
      fields: [{ field: 'path', message }],
    });
  });
});

describe('the query', () => {
  it('is read once a name, and decoded once', () => {
    const query = singleQuery('/storage/a?token=x%2By+z&empty=&bare&e=%C3%A9&&eq=a=b#no=1');
    expect([...query]).toEqual([
      ['token', 'x+y z'],
      ['empty', ''],
      ['bare', ''],
      ['e', 'é'],
      ['eq', 'a=b'],
    ]);
  });

  it('may have any name, those of prototypes too', () => {
    expect(singleQuery('/?__proto__=1&constructor=2').get('__proto__')).toBe('1');
  });

  it.each([
    ['a=1&a=2', 'validation', { field: 'a', message: 'must be given once' }],
    ['a=1&%61=2', 'validation', { field: 'a', message: 'must be given once' }],
    ['a=x%00', 'validation', { field: 'a', message: 'must not hold a NUL character' }],
    ['a=%FF', 'bad-url', { field: 'query', message: 'is not UTF-8 in percent encoding' }],
    ['a=%', 'bad-url', { field: 'query', message: 'is not UTF-8 in percent encoding' }],
  ])('%s is refused', (query, code, fault) => {
    expect(faultOf(() => singleQuery(`/storage/a?${query}`))).toEqual({ code, fields: [fault] });
  });
});
