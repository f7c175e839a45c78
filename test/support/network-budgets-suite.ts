import type { NetworkBudgets } from '../../src/http/budgets/network-budgets.port';
import type { TestClock } from './test-clock';

/** What every implementation of the port must hold. */
export function describeNetworkBudgets(make: () => { budgets: NetworkBudgets; clock: TestClock }): void {
  let budgets: NetworkBudgets;
  let clock: TestClock;
  let key: string;
  let keys = 0;
  beforeEach(() => {
    ({ budgets, clock } = make());
    keys += 1;
    key = `suite:${keys}`;
  });

  it('takes exactly the limit of parallel charges', async () => {
    const charges = await Promise.all(Array.from({ length: 50 }, () => budgets.charge(key, 60, 20)));
    expect(charges.filter(({ isWithin }) => isWithin)).toHaveLength(20);
    expect(await budgets.peek(key)).toEqual({ used: 20, resetSeconds: 60 });
  });

  it('a refused charge changes nothing, so that one given back is free for the next', async () => {
    const taken = await budgets.charge(key, 60, 1);
    expect(await budgets.charge(key, 60, 1)).toMatchObject({ isWithin: false, used: 1 });
    await budgets.giveBack(key, taken.resetsAt);
    expect(await budgets.charge(key, 60, 1)).toMatchObject({ isWithin: true, used: 1 });
  });

  it('renews the budget when its window ends, not before', async () => {
    await budgets.charge(key, 60, 1);
    clock.advanceSeconds(59);
    expect(await budgets.charge(key, 60, 1)).toMatchObject({ isWithin: false, resetSeconds: 1 });
    clock.advanceSeconds(1);
    expect(await budgets.peek(key)).toEqual({ used: 0, resetSeconds: 0 });
    expect(await budgets.charge(key, 60, 1)).toMatchObject({ isWithin: true, used: 1, resetSeconds: 60 });
  });

  it('gives nothing back of a window that has passed', async () => {
    const former = await budgets.charge(key, 60, 5);
    clock.advanceSeconds(60);
    await budgets.charge(key, 60, 5);
    await budgets.giveBack(key, former.resetsAt);
    expect(await budgets.peek(key)).toMatchObject({ used: 1 });
  });

  it('never gives back more than was taken', async () => {
    const { resetsAt } = await budgets.charge(key, 60, 5);
    for (let time = 0; time < 3; time += 1) await budgets.giveBack(key, resetsAt);
    expect(await budgets.peek(key)).toMatchObject({ used: 0 });
  });

  it('charges a cost at once or not at all', async () => {
    expect(await budgets.charge(key, 60, 10, 8)).toMatchObject({ isWithin: true, used: 8 });
    expect(await budgets.charge(key, 60, 10, 3)).toMatchObject({ isWithin: false, used: 8 });
    expect(await budgets.charge(key, 60, 10, 2)).toMatchObject({ isWithin: true, used: 10 });
    expect(await budgets.charge(`${key}:dear`, 60, 10, 11)).toMatchObject({ isWithin: false, used: 0 });
  });

  it('keeps budgets apart', async () => {
    await budgets.charge(key, 60, 1);
    expect(await budgets.charge(`${key}:other`, 60, 1)).toMatchObject({ isWithin: true });
    await budgets.giveBack('never seen', clock.now());
    expect(await budgets.peek('never seen')).toEqual({ used: 0, resetSeconds: 0 });
  });

  it('says that it can be asked', async () => {
    await expect(budgets.check()).resolves.toBeUndefined();
  });
}
