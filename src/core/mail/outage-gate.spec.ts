import { addSeconds } from '../../kernel/clock';
import { OutageGate } from './outage-gate';

const start = new Date('2026-01-15T12:00:00.000Z');

describe('the outage gate', () => {
  it('is wide open at first', () => {
    expect(new OutageGate(4).lanes(start)).toBe(4);
  });

  it('closes, then lets one mail at a time try', () => {
    const gate = new OutageGate(4);
    gate.unreachable(start);
    expect(gate.lanes(start)).toBe(0);
    expect(gate.lanes(addSeconds(start, 1))).toBe(1);
  });

  it('pauses ever longer, up to half a minute', () => {
    const gate = new OutageGate(4);
    const pauses: number[] = [];
    let now = start;
    for (let failure = 0; failure < 8; failure += 1) {
      gate.unreachable(now);
      let pause = 0;
      while (gate.lanes(addSeconds(now, pause)) === 0) pause += 1;
      pauses.push(pause);
      now = addSeconds(now, pause);
    }
    expect(pauses).toEqual([1, 2, 4, 8, 16, 30, 30, 30]);
  });

  it('counts deliveries that fail together once', () => {
    const gate = new OutageGate(4);
    for (let lane = 0; lane < 4; lane += 1) gate.unreachable(start);
    expect(gate.lanes(addSeconds(start, 1))).toBe(1);
  });

  it('opens at the first answer, and forgets', () => {
    const gate = new OutageGate(4);
    gate.unreachable(start);
    gate.unreachable(addSeconds(start, 1));
    gate.reached();
    expect(gate.lanes(start)).toBe(4);
    gate.unreachable(start);
    expect(gate.lanes(addSeconds(start, 1))).toBe(1);
  });
});
