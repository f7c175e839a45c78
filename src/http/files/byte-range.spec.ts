import { AppError } from '../../kernel/errors/app-error';
import { byteRangeOf } from './byte-range';

it.each([
  ['bytes=0-0', { start: 0, end: 0 }],
  ['bytes=2-5', { start: 2, end: 5 }],
  ['bytes=2-', { start: 2, end: 9 }],
  ['bytes=2-99999999999999999999', { start: 2, end: 9 }],
  ['bytes=-3', { start: 7, end: 9 }],
  ['bytes=-30', { start: 0, end: 9 }],
  ['Bytes=9-', { start: 9, end: 9 }],
  ['bytes= 1-2 ', { start: 1, end: 2 }],
])('%s of ten bytes is one range', (field, range) => {
  expect(byteRangeOf(field, 10)).toEqual(range);
});

it.each([
  undefined,
  '',
  'bytes',
  'bytes=',
  'bytes=-',
  'bytes=5-2',
  'bytes=a-b',
  'bytes=1-2-3',
  'bytes=-1-2',
  'items=0-1',
])('%s is as none', (field) => {
  expect(byteRangeOf(field, 10)).toBeNull();
});

it.each(['bytes=0-1,4-5', 'bytes=0-1, -2', `bytes=${'0-1,'.repeat(999)}0-1`])(
  'several ranges are answered with the whole',
  (field) => {
    expect(byteRangeOf(field, 10)).toBeNull();
  },
);

it.each([
  ['bytes=10-', 10],
  ['bytes=10-12', 10],
  ['bytes=99999999999999999999-', 10],
  ['bytes=-0', 10],
  ['bytes=0-', 0],
  ['bytes=0-0', 0],
])('%s of %d bytes lies outside', (field, size) => {
  expect(() => byteRangeOf(field, size)).toThrow(new AppError('range-not-satisfiable'));
});

it('the last bytes of an empty file are the whole of it', () => {
  expect(byteRangeOf('bytes=-5', 0)).toBeNull();
});
