import { servedType } from './served-type';

it.each(['image/png', 'image/jpeg', 'image/webp', 'image/avif', 'image/gif', 'audio/mpeg', 'video/mp4'])(
  '%s is shown',
  (type) => {
    expect(servedType(type, 'a')).toEqual({ contentType: type, disposition: 'inline; filename=a' });
  },
);

it('text is shown as UTF-8, whatever it says', () => {
  expect(servedType('text/plain', 'a.txt').contentType).toBe('text/plain; charset=utf-8');
});

it.each(['image/svg+xml', 'text/html', 'application/pdf', 'application/xml', 'text/css', 'image/tiff', 'toString', ''])(
  '%s is saved, as bytes of no type',
  (type) => {
    expect(servedType(type, 'a')).toEqual({
      contentType: 'application/octet-stream',
      disposition: 'attachment; filename=a',
    });
  },
);

it.each([
  ['Übersicht "2".txt', `attachment; filename="?bersicht \\"2\\".txt"; filename*=UTF-8''%C3%9Cbersicht%20%222%22.txt`],
  ['../../etc/passwd', 'attachment; filename=.._.._etc_passwd'],
  ['a\r\nSet-Cookie: x', 'attachment; filename="aSet-Cookie_ x"'],
  ['\u202Egpj.exe', 'attachment; filename=gpj.exe'],
  ['\ud800', 'attachment; filename=file'],
])('the name %j is handed out harmlessly', (name, disposition) => {
  expect(servedType('application/pdf', name).disposition).toBe(disposition);
});

it('a long name is cut between characters', () => {
  const { disposition } = servedType('application/pdf', `${'a'.repeat(199)}👍`);
  expect(disposition).toBe(`attachment; filename=${'a'.repeat(199)}`);
});
