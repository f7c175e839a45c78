import { borneOutType, isAcceptedType } from './borne-out-type';
import { sniff, SNIFFED_BYTES, type Sniffed } from './sniff';

const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);
const JPEG = Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0, 16, 0x4a, 0x46, 0x49, 0x46, 0, 1]);
const PDF = Buffer.from('%PDF-1.7\n%âãÏÓ\n', 'latin1');
const HTML = Buffer.from('<!doctype html><script>alert(1)</script>');
const SVG = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>');
const XML = Buffer.from('<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>');
const ZIP = Buffer.concat([Buffer.from([0x50, 0x4b, 3, 4, 20, 0, 0, 0, 8, 0]), Buffer.alloc(64)]);
const WEBM = Buffer.from('1a45dfa39f4286810142f7810142f2810442f381084282847765626d4287810442858102', 'hex');
const NOISE = Buffer.from([1, 2, 0, 200, 201, 202, 203, 9, 9, 9]);
const TEXT = Buffer.from('plain words: é € 👍\n');
const LATIN1 = Buffer.from('é', 'latin1');
const UTF16 = Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from('words'.repeat(20), 'utf16le')]);
const MP3_FRAME = Buffer.concat([Buffer.from([0xff, 0xfb, 0x90, 0]), Buffer.alloc(413)]);
const MP3 = Buffer.concat([MP3_FRAME, MP3_FRAME]);
const TAGGED_MP3 = Buffer.concat([Buffer.from('ID3\x03\0\0\0\0\0\0', 'latin1'), MP3]);

it.each([
  ['PNG', PNG, 'image/png', false],
  ['JPEG', JPEG, 'image/jpeg', false],
  ['PDF', PDF, 'application/pdf', false],
  ['HTML', HTML, null, true],
  ['SVG', SVG, null, true],
  ['XML', XML, 'application/xml', true],
  ['WebM', WEBM, 'video/webm', false],
  ['noise', NOISE, null, false],
  ['text', TEXT, null, true],
  ['Latin-1', LATIN1, null, false],
  ['text with NUL', Buffer.from('a\0b'), null, false],
  ['nothing', Buffer.alloc(0), null, true],
  ['MP3', MP3, 'audio/mpeg', false],
  ['the beginning of an MP3', MP3.subarray(0, 100), 'audio/mpeg', false],
  ['MP3 with a tag', TAGGED_MP3, 'audio/mpeg', false],
  ['UTF-16', UTF16, null, false],
  ['UTF-16 of one letter', UTF16.subarray(0, 4), null, false],
  ['one frame and noise', Buffer.concat([MP3_FRAME, NOISE]), null, false],
  ['words that begin as bitmaps do', Buffer.from('BMW and others'), null, true],
  ['a program that begins as a GIF does', Buffer.from('GIF89a=1;alert(1)'), null, true],
])('the bytes of %s are told', async (_what, bytes, type, isText) => {
  expect(await sniff(bytes)).toEqual({ type, isText });
});

it('text that is cut amid a character is text, text that ends there is not', async () => {
  const long = Buffer.concat([Buffer.alloc(SNIFFED_BYTES - 1, 'a'), Buffer.from('é')]);
  expect((await sniff(long)).isText).toBe(true);
  expect((await sniff(long.subarray(SNIFFED_BYTES - 10, SNIFFED_BYTES))).isText).toBe(false);
});

it('every beginning of a broken file is told without fault', async () => {
  for (const bytes of [PNG, JPEG, PDF, XML, ZIP, WEBM]) {
    for (let length = 0; length <= bytes.length; length += 1) await sniff(bytes.subarray(0, length));
  }
});

describe('what bytes bear out', () => {
  it.each([
    ['image/png', PNG, 'image/png'],
    ['IMAGE/PNG; q=1', PNG, 'image/png'],
    ['image/jpg', JPEG, 'image/jpeg'],
    ['application/octet-stream', PNG, 'image/png'],
    [undefined, PDF, 'application/pdf'],
    ['text/html', HTML, 'text/html'],
    ['image/svg+xml', SVG, 'image/svg+xml'],
    ['image/svg+xml', XML, 'image/svg+xml'],
    ['text/csv', TEXT, 'text/csv'],
    ['application/json', TEXT, 'application/json'],
    ['audio/webm', WEBM, 'audio/webm'],
    ['application/vnd.openxmlformats-officedocument.wordprocessingml.document', ZIP, undefined],
    ['application/x-own', ZIP, undefined],
    ['application/x-own', NOISE, undefined],
    ['application/x-own', TEXT, undefined],
    ['text/plain', Buffer.alloc(0), 'text/plain'],
  ])('is the declared %s when the bytes bear it out', async (declared, bytes, kept = declared) => {
    expect(borneOutType(declared, await sniff(bytes))).toBe(kept);
  });

  it.each([
    ['image/png', HTML, 'application/octet-stream'],
    ['image/png', SVG, 'application/octet-stream'],
    ['audio/webm', HTML, 'application/octet-stream'],
    ['video/webm', HTML, 'application/octet-stream'],
    ['not a type', TEXT, 'application/octet-stream'],
    ['application/octet-stream', TEXT, 'application/octet-stream'],
    ['text/plain', UTF16, 'application/octet-stream'],
    ['image/png', JPEG, 'image/jpeg'],
    ['image/png', NOISE, 'application/octet-stream'],
    ['image/png', PDF, 'application/pdf'],
    ['text/plain', PNG, 'image/png'],
    ['text/html', NOISE, 'application/octet-stream'],
    ['text/plain', LATIN1, 'application/octet-stream'],
    ['application/pdf', HTML, 'application/octet-stream'],
    ['video/mp4', WEBM, 'video/webm'],
    ['application/x-own', PNG, 'image/png'],
    ['image/png', ZIP, 'application/zip'],
  ])('is not the declared %s when they contradict it', async (declared, bytes, kept) => {
    expect(borneOutType(declared, await sniff(bytes))).toBe(kept);
  });
});

describe('a rule that lists types', () => {
  const takes = async (accepted: string[], declared: string, bytes: Buffer): Promise<boolean> => {
    const sniffed: Sniffed = await sniff(bytes);
    return isAcceptedType(accepted, borneOutType(declared, sniffed), sniffed);
  };

  it.each([
    [[], 'application/x-own', NOISE],
    [['*/*'], 'application/x-own', NOISE],
    [['image/*'], 'image/png', PNG],
    [['image/*'], 'application/octet-stream', PNG],
    [['IMAGE/*'], 'image/jpeg', JPEG],
    [['application/pdf', 'image/jpeg'], 'image/png', JPEG],
    [['image/svg+xml'], 'image/svg+xml', SVG],
    [['text/csv'], 'text/csv', TEXT],
    [['text/*'], 'text/csv', TEXT],
    [['audio/*'], 'audio/webm', WEBM],
    [['application/x-own'], 'application/x-own', NOISE],
  ])('%j takes %s of bytes that are', async (accepted, declared, bytes) => {
    expect(await takes(accepted, declared, bytes)).toBe(true);
  });

  it.each([
    [['image/*'], 'image/png', HTML],
    [['image/*'], 'image/svg+xml', SVG],
    [['image/*'], 'image/x-own', NOISE],
    [['image/*'], 'image/x-own', TEXT],
    [['image/png'], 'image/png', JPEG],
    [['application/pdf'], 'application/pdf', TEXT],
    [['audio/*'], 'audio/mpeg', WEBM],
    [['audio/*'], 'audio/mpeg', UTF16],
    [['image/*'], 'image/gif', Buffer.from('GIF89a=1;alert(1)')],
    [['image/*'], 'image/bmp', Buffer.from('BM<svg onload=alert(1)>')],
    [['text/*'], 'text/plain', PNG],
  ])('%j does not take %s of bytes that are something else', async (accepted, declared, bytes) => {
    expect(await takes(accepted, declared, bytes)).toBe(false);
  });
});
