import { interleavings } from '../support/interleavings';
import { PROOFS, Story, type StoryEvent } from '../support/pre-hijacking-story';
import { startTestApp, type TestApp } from '../support/test-app';

/** Every order with FULL=1, else every so many of them. */
const STEP = process.env['FULL'] === '1' ? 1 : 5;

let service: TestApp & { readonly dataDir: string };
let automatic: TestApp;
beforeAll(async () => {
  service = await startTestApp();
  const { database, clock, dataDir } = service;
  automatic = await startTestApp({ database, clock, dataDir, environment: { AUTO_ACTIVATE: 'true' } });
});
afterAll(async () => {
  await automatic.close();
  await service.close();
});

const indexOf = (order: readonly StoryEvent[], event: StoryEvent) => order.indexOf(event);

/** Goes through the orders that make sense and returns those that end wrong. */
async function wrongOrders(orders: readonly StoryEvent[][]): Promise<{ told: number; wrong: string[] }> {
  const sensible = orders.filter((order) => Story.makesSense(order)).filter((_, index) => index % STEP === 0);
  const wrong: string[] = [];
  for (const order of sensible) {
    const story = new Story(service, automatic);
    await story.goThrough(order);
    for (const what of await story.wrongs()) wrong.push(`${order.join(', ')}: ${what}`);
  }
  return { told: sensible.length, wrong };
}

describe.each(PROOFS)('when the %s', (proof) => {
  it('a stranger’s registration changes nothing, in any order of registrations, resends and resets', async () => {
    const events: StoryEvent[] = ['owner registers', 'stranger registers', 'resend', 'reset', proof];
    const { told, wrong } = await wrongOrders(interleavings(events, ['stranger registers', proof]));
    expect(wrong).toEqual([]);
    expect(told).toBeGreaterThanOrEqual(10);
  }, 300_000);

  it('nor does an account that he made at once, with its session, device and refresh token', async () => {
    const events: StoryEvent[] = ['owner registers', 'stranger signs up at once', 'resend', 'reset', proof];
    const { told, wrong } = await wrongOrders(interleavings(events, ['stranger signs up at once', proof]));
    expect(wrong).toEqual([]);
    expect(told).toBeGreaterThanOrEqual(10);
  }, 300_000);

  it.each(['stranger changes his password', 'stranger deletes his account'] as const)(
    'nor whatever he does with it: %s',
    async (deed) => {
      const events: StoryEvent[] = ['owner registers', 'stranger signs up at once', 'reset', deed, proof];
      const orders = interleavings<StoryEvent>(events, ['stranger signs up at once', deed, proof]).filter(
        (order) => indexOf(order, 'stranger signs up at once') < indexOf(order, deed),
      );
      const { told, wrong } = await wrongOrders(orders);
      expect(wrong).toEqual([]);
      expect(told).toBeGreaterThan(3);
    },
    300_000,
  );
});
