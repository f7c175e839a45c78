import { ComingRoom, type BytesUnderWay } from './coming-room';

const FULL = expect.objectContaining({ code: 'quota-exceeded' }) as Error;

it('uploads of one owner take of the same room, and give it back when they end or are refused', () => {
  const underWay: BytesUnderWay = new Map();
  const [first, second, third] = Array.from({ length: 3 }, () => new ComingRoom('ada', 100, 0, underWay));
  const other = new ComingRoom('bob', 100, 0, underWay);
  first!.take(60);
  second!.take(40);
  other.take(100);
  expect(() => {
    third!.take(1);
  }).toThrow(FULL);
  expect(() => {
    second!.take(1);
  }).toThrow(FULL);
  // the refused one holds nothing any more
  first!.take(40);
  expect(() => {
    first!.take(1);
  }).toThrow(FULL);
  other.leave();
  other.leave();
  expect(underWay).toEqual(new Map());
});

it('an upload takes nothing until it is larger than what it replaces', () => {
  const underWay: BytesUnderWay = new Map();
  const room = new ComingRoom('ada', 10, 50, underWay);
  room.take(50);
  expect(underWay).toEqual(new Map());
  room.take(10);
  expect(underWay).toEqual(new Map([['ada', 10]]));
  expect(() => {
    room.take(1);
  }).toThrow(FULL);
});
