import type { IncomingHttpHeaders } from 'node:http';
import { isRangeWanted, judgePreconditions, type Representation } from './preconditions';

const now: Representation = { etag: '"abc"', lastModified: new Date('2026-01-15T12:00:00.700Z') };
const SAME = 'Thu, 15 Jan 2026 12:00:00 GMT';
const BEFORE = 'Thu, 15 Jan 2026 11:59:59 GMT';
const AFTER = 'Thu, 15 Jan 2026 12:00:01 GMT';

const judged = (method: string, headers: IncomingHttpHeaders, current: Representation | null = now) =>
  judgePreconditions(method, headers, current);

it('without conditions all is met', () => {
  expect(judged('GET', {})).toBe('met');
  expect(judged('POST', {}, null)).toBe('met');
});

it.each([
  ['"abc"', 'met'],
  ['*', 'met'],
  ['"x", "abc"', 'met'],
  ['"x","abc"', 'met'],
  ['"x"', 'failed'],
  ['W/"abc"', 'failed'],
  ['abc', 'failed'],
  ['', 'failed'],
])('If-Match: %s is %s, by the strong comparison', (field, outcome) => {
  expect(judged('POST', { 'if-match': field })).toBe(outcome);
  expect(judged('GET', { 'if-match': field })).toBe(outcome);
});

it.each(['"abc"', '*', '"x"'])('If-Match: %s fails where there is nothing', (field) => {
  expect(judged('POST', { 'if-match': field }, null)).toBe('failed');
});

it.each([
  ['"abc"', 'not-modified', 'failed'],
  ['W/"abc"', 'not-modified', 'failed'],
  ['*', 'not-modified', 'failed'],
  ['"x", W/"abc"', 'not-modified', 'failed'],
  ['"x"', 'met', 'met'],
  ['abc', 'met', 'met'],
])('If-None-Match: %s on a read is %s, on a write %s', (field, read, write) => {
  const headers = { 'if-none-match': field };
  expect([judged('GET', headers), judged('HEAD', headers)]).toEqual([read, read]);
  expect([judged('POST', headers), judged('DELETE', headers)]).toEqual([write, write]);
});

it('If-None-Match: * is met where there is nothing: so a file is only ever created', () => {
  expect(judged('POST', { 'if-none-match': '*' }, null)).toBe('met');
});

it.each([
  [SAME, 'met'],
  [AFTER, 'met'],
  [BEFORE, 'failed'],
  ['yesterday', 'met'],
])('If-Unmodified-Since: %s is %s', (field, outcome) => {
  expect(judged('POST', { 'if-unmodified-since': field })).toBe(outcome);
});

it('If-Unmodified-Since says nothing where there is nothing', () => {
  expect(judged('POST', { 'if-unmodified-since': BEFORE }, null)).toBe('met');
});

it.each([
  [SAME, 'not-modified'],
  ['Thursday, 15-Jan-26 12:00:00 GMT', 'not-modified'],
  ['Thu Jan 15 12:00:00 2026', 'not-modified'],
  [AFTER, 'not-modified'],
  [BEFORE, 'met'],
  ['2026-01-15T12:00:00Z', 'met'],
])('If-Modified-Since: %s is %s, on reads alone', (field, outcome) => {
  expect(judged('GET', { 'if-modified-since': field })).toBe(outcome);
  expect(judged('HEAD', { 'if-modified-since': field })).toBe(outcome);
  expect(judged('POST', { 'if-modified-since': field })).toBe('met');
});

describe('of several the earlier in RFC 9110 §13.2.2 counts', () => {
  it('If-Match before If-Unmodified-Since', () => {
    expect(judged('POST', { 'if-match': '"abc"', 'if-unmodified-since': BEFORE })).toBe('met');
  });

  it('If-None-Match before If-Modified-Since', () => {
    expect(judged('GET', { 'if-none-match': '"x"', 'if-modified-since': SAME })).toBe('met');
  });

  it('If-Match before If-None-Match', () => {
    expect(judged('GET', { 'if-match': '"x"', 'if-none-match': '"abc"' })).toBe('failed');
    expect(judged('GET', { 'if-match': '"abc"', 'if-none-match': '"abc"' })).toBe('not-modified');
  });
});

it.each([
  [undefined, true],
  ['"abc"', true],
  [' "abc" ', true],
  ['W/"abc"', false],
  ['"x"', false],
  [SAME, false],
])('If-Range: %s lets Range count: %s', (field, isWanted) => {
  expect(isRangeWanted({ 'if-range': field }, now)).toBe(isWanted);
});
