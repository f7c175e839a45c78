import { ComingRoom, type OwnersUnderWay } from './coming-room';
import type { Room } from './owner-room';

const FULL = expect.objectContaining({ code: 'quota-exceeded' }) as Error;
const WAIT = expect.objectContaining({ code: 'too-many-requests', retryAfterSeconds: 420 }) as Error;

const ROOM: Room = { free: 100, beforeSweep: Infinity, sweptInSeconds: 420 };

let underWay: OwnersUnderWay;
beforeEach(() => {
  underWay = new Map();
});

const enter = (path: string, room: Partial<Room> = {}, { owner = 'ada', former = 0 } = {}) =>
  new ComingRoom(owner, path, { ...ROOM, ...room }, former, underWay);

const taking = (room: ComingRoom, bytes: number) => () => {
  room.take(bytes);
};

it('uploads of one owner take of the same room, and give it back when they end or are refused', () => {
  const [first, second, third] = [enter('1'), enter('2'), enter('3')];
  const other = enter('1', {}, { owner: 'bob' });
  first.take(60);
  second.take(40);
  other.take(100);
  expect(taking(third, 1)).toThrow(FULL);
  expect(taking(second, 1)).toThrow(FULL);
  // the refused one holds nothing any more
  first.take(40);
  expect(taking(first, 1)).toThrow(FULL);
  expect([...underWay.keys()]).toEqual(['bob']);
  other.leave();
  other.leave();
  expect(underWay.size).toBe(0);
});

it('an upload takes nothing of what is free until it is larger than what it replaces', () => {
  const room = enter('a', { free: 10 }, { former: 50 });
  room.take(50);
  room.take(10);
  expect(taking(room, 1)).toThrow(FULL);
});

it('what is replaced makes room once, however many replace it', () => {
  const rooms = Array.from({ length: 8 }, () => enter('a', { free: 0 }, { former: 50 }));
  const outcomes = rooms.map((room) => {
    try {
      room.take(50);
      return 'taken';
    } catch {
      return 'refused';
    }
  });
  expect(outcomes).toEqual(['taken', ...Array<string>(7).fill('refused')]);
  const beside = enter('b', { free: 0 }, { former: 20 });
  beside.take(20);
  rooms[0]!.leave();
  expect(taking(beside, 1)).toThrow(FULL);
  expect(underWay.size).toBe(0);
});

it('all bytes under way, also those that replace others, come to no more than may lie there before the next sweep', () => {
  const [first, second] = ['a', 'b'].map((path) => enter(path, { beforeSweep: 80 }, { former: 50 }));
  first!.take(50);
  second!.take(30);
  expect(taking(second!, 1)).toThrow(WAIT);
  first!.take(30);
});

it('the latest word on what there is counts for those who began before it', () => {
  const [first, second] = [enter('a'), enter('b')];
  first.take(60);
  first.leave();
  underWay.get('ada')?.renew({ ...ROOM, free: 40 }, 'a', 60);
  second.take(40);
  expect(taking(second, 1)).toThrow(FULL);
  const [replacing, third] = [enter('a', { free: 40 }, { former: 60 }), enter('c', { free: 40 })];
  replacing.take(60);
  third.take(40);
  // meanwhile the path has got smaller
  enter('a', { free: 80 }, { former: 20 });
  expect(taking(third, 1)).toThrow(FULL);
});
