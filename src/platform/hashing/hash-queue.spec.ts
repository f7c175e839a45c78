import fc from 'fast-check';
import type { HashClass, HashGrade } from './hash-grade';
import { HashQueue } from './hash-queue';

const CLASSES = ['vouched', 'ordinary', 'suspect'] as const;

function grade(hashClass: HashClass, network = '192.0.2.1'): HashGrade {
  return { class: hashClass, network };
}

function filled(capacity: number, ...entries: readonly (readonly [string, HashGrade])[]): HashQueue<string> {
  const queue = new HashQueue<string>(capacity);
  for (const [item, itsGrade] of entries)
    expect(queue.offer(item, itsGrade)).toEqual({ isAdmitted: true, pushedOut: null });
  return queue;
}

function drain(queue: HashQueue<string>): string[] {
  const taken: string[] = [];
  for (let item = queue.take(); item !== undefined; item = queue.take()) taken.push(item);
  return taken;
}

const refused = { isAdmitted: false };

function inPlaceOf(pushedOut: string | null) {
  return { isAdmitted: true, pushedOut };
}

describe('order', () => {
  it('is first come, first served within a network', () => {
    const queue = filled(8, ['a', grade('ordinary')], ['b', grade('ordinary')], ['c', grade('ordinary')]);
    expect(drain(queue)).toEqual(['a', 'b', 'c']);
  });

  it('goes round the networks, so that a crowd delays only itself', () => {
    const [crowd, alone, other] = [grade('ordinary', 'crowd'), grade('ordinary', 'alone'), grade('ordinary', 'other')];
    const queue = filled(20, ['c1', crowd], ['c2', crowd], ['c3', crowd], ['c4', crowd], ['a1', alone], ['o1', other]);
    expect(drain(queue)).toEqual(['c1', 'a1', 'o1', 'c2', 'c3', 'c4']);
  });

  it('gives a network that comes back no better place than before', () => {
    const queue = filled(
      20,
      ['a1', grade('ordinary', 'a')],
      ['b1', grade('ordinary', 'b')],
      ['a2', grade('ordinary', 'a')],
    );
    expect(queue.take()).toBe('a1');
    queue.offer('c1', grade('ordinary', 'c'));
    queue.offer('b2', grade('ordinary', 'b'));
    expect(drain(queue)).toEqual(['b1', 'a2', 'c1', 'b2']);
  });

  it('serves vouched and ordinary in turn, vouched first', () => {
    const [vouched, ordinary] = [grade('vouched'), grade('ordinary')];
    const queue = filled(20, ['o1', ordinary], ['o2', ordinary], ['v1', vouched], ['v2', vouched], ['v3', vouched]);
    expect(drain(queue)).toEqual(['v1', 'o1', 'v2', 'o2', 'v3']);
  });

  it('serves suspect ones only when nobody else waits', () => {
    const queue = filled(20, ['s1', grade('suspect')], ['s2', grade('suspect')], ['o1', grade('ordinary')]);
    expect(queue.take()).toBe('o1');
    expect(queue.take()).toBe('s1');
    queue.offer('v1', grade('vouched'));
    queue.offer('o2', grade('ordinary'));
    expect(drain(queue)).toEqual(['v1', 'o2', 's2']);
  });
});

describe('the half that is kept for vouched', () => {
  it('is never taken by anybody else', () => {
    const queue = filled(4, ['o1', grade('ordinary', 'a')], ['s1', grade('suspect', 'b')]);
    expect(queue.offer('s2', grade('suspect', 'c'))).toEqual(refused);
    expect(queue.size).toBe(2);
  });

  it('lets vouched in, pushing out nobody, while others have filled theirs', () => {
    const queue = filled(4, ['o1', grade('ordinary')], ['o2', grade('ordinary')]);
    expect(queue.offer('v1', grade('vouched'))).toEqual(inPlaceOf(null));
    expect(queue.offer('v2', grade('vouched'))).toEqual(inPlaceOf(null));
    expect(queue.size).toBe(4);
  });

  it('does not keep vouched from using all of the room', () => {
    const entries = ['v1', 'v2', 'v3', 'v4'].map((item) => [item, grade('vouched')] as const);
    expect(filled(4, ...entries).offer('o1', grade('ordinary'))).toEqual(refused);
  });
});

describe('pushing out', () => {
  it('a vouched one takes the place of the newest suspect, then of the newest ordinary one', () => {
    const queue = filled(
      8,
      ['o1', grade('ordinary', 'a')],
      ['s1', grade('suspect', 'b')],
      ['s2', grade('suspect', 'c')],
      ['o2', grade('ordinary', 'd')],
      ...['v1', 'v2', 'v3', 'v4'].map((item) => [item, grade('vouched')] as const),
    );
    expect(queue.offer('v5', grade('vouched'))).toEqual(inPlaceOf('s2'));
    expect(queue.offer('v6', grade('vouched'))).toEqual(inPlaceOf('s1'));
    expect(queue.offer('v7', grade('vouched'))).toEqual(inPlaceOf('o2'));
    expect(queue.offer('v8', grade('vouched'))).toEqual(inPlaceOf('o1'));
    expect(queue.offer('v9', grade('vouched'))).toEqual(refused);
    expect(drain(queue)).toHaveLength(8);
  });

  it('takes it from the network that has most', () => {
    const queue = filled(
      8,
      ['c1', grade('ordinary', 'crowd')],
      ['c2', grade('ordinary', 'crowd')],
      ['c3', grade('ordinary', 'crowd')],
      ['a1', grade('ordinary', 'alone')],
      ...['v1', 'v2', 'v3', 'v4'].map((item) => [item, grade('vouched')] as const),
    );
    expect(queue.offer('v5', grade('vouched'))).toEqual(inPlaceOf('c3'));
  });

  it('an ordinary one takes the place of the newest suspect one, never of a vouched one', () => {
    const queue = filled(4, ['s1', grade('suspect')], ['s2', grade('suspect')], ['v1', grade('vouched')]);
    expect(queue.offer('o1', grade('ordinary'))).toEqual(inPlaceOf('s2'));
    expect(queue.offer('o2', grade('ordinary'))).toEqual(inPlaceOf('s1'));
    expect(queue.offer('o3', grade('ordinary'))).toEqual(refused);
    expect(drain(queue)).toEqual(['v1', 'o1', 'o2']);
  });

  it('a suspect one never takes the place of anybody better', () => {
    const queue = filled(4, ['o1', grade('ordinary', 'a')], ['o2', grade('ordinary', 'a')]);
    expect(queue.offer('s1', grade('suspect', 'b'))).toEqual(refused);
  });
});

describe.each(CLASSES)('a full room shared by networks, %s', (hashClass) => {
  const capacity = hashClass === 'vouched' ? 4 : 8;

  it('a newcomer takes the place of the newest of the network that has most', () => {
    const crowd = ['c1', 'c2', 'c3', 'c4'].map((item) => [item, grade(hashClass, 'crowd')] as const);
    const queue = filled(capacity, ...crowd);
    expect(queue.offer('a1', grade(hashClass, 'alone'))).toEqual(inPlaceOf('c4'));
    expect(queue.offer('a2', grade(hashClass, 'alone'))).toEqual(inPlaceOf('c3'));
    expect(queue.offer('a3', grade(hashClass, 'alone'))).toEqual(refused);
    expect(queue.offer('c5', grade(hashClass, 'crowd'))).toEqual(refused);
    expect(drain(queue)).toEqual(['c1', 'a1', 'c2', 'a2']);
  });

  it('of two networks that have equally many, the newest of all goes', () => {
    const queue = filled(
      capacity,
      ['a1', grade(hashClass, 'a')],
      ['b1', grade(hashClass, 'b')],
      ['b2', grade(hashClass, 'b')],
      ['a2', grade(hashClass, 'a')],
    );
    expect(queue.offer('c1', grade(hashClass, 'c'))).toEqual(inPlaceOf('a2'));
  });

  it('nobody is pushed out where all have one each', () => {
    const networks = ['a', 'b', 'c', 'd'].map((network) => [network, grade(hashClass, network)] as const);
    expect(filled(capacity, ...networks).offer('e', grade(hashClass, 'e'))).toEqual(refused);
  });
});

describe('whatever comes', () => {
  const action = fc.oneof(
    fc.constant('take' as const),
    fc.record({ class: fc.constantFrom(...CLASSES), network: fc.constantFrom('a', 'b', 'c', 'd', 'e') }),
  );

  it('nobody is lost, counted twice, or served after a refusal, and the bounds hold', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 12 }), fc.array(action, { maxLength: 200 }), (capacity, actions) => {
        const queue = new HashQueue<string>(capacity);
        const waiting = new Map<string, HashGrade>();
        for (const [i, step] of actions.entries()) {
          if (step === 'take') {
            const taken = queue.take();
            expect(taken !== undefined).toBe(waiting.size > 0);
            if (taken !== undefined) expect(waiting.delete(taken)).toBe(true);
          } else {
            const admission = queue.offer(`${i}`, step);
            if (!admission.isAdmitted) continue;
            if (admission.pushedOut !== null) expect(waiting.delete(admission.pushedOut)).toBe(true);
            waiting.set(`${i}`, step);
          }
          const open = [...waiting.values()].filter((waits) => waits.class !== 'vouched');
          expect(queue.size).toBe(waiting.size);
          expect(queue.size).toBeLessThanOrEqual(capacity);
          expect(open.length).toBeLessThanOrEqual(capacity / 2);
        }
      }),
    );
  });
});
