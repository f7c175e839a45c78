import { full } from '../support/full';
import { interleavings } from '../support/interleavings';
import { PROOFS, Story, type StoryEvent } from '../support/pre-hijacking-story';
import type { SignUpWay } from '../support/sign-ups';
import { startTestApp, type TestApp } from '../support/test-app';

/** Every order with FULL=1, else every so many of them. */
const STEP = full(11, 1);

const [ACTIVATION, RESET, VERIFICATION] = PROOFS;

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

const sensibleOf = (orders: readonly StoryEvent[][], way: SignUpWay = 'AUTO_ACTIVATE') =>
  orders.filter((order) => Story.makesSense(order, way));

/** Goes through the orders and returns those that end wrong. */
async function wrongOrders(
  orders: readonly StoryEvent[][],
  way: SignUpWay = 'AUTO_ACTIVATE',
  app: TestApp = service,
): Promise<{ told: number; wrong: string[] }> {
  const chosen = orders.filter((_, index) => index % STEP === 0);
  const wrong: string[] = [];
  for (const order of chosen) {
    const story = new Story(app, automatic, way);
    await story.goThrough(order);
    for (const what of await story.wrongs()) wrong.push(`${order.join(', ')}: ${what}`);
  }
  return { told: chosen.length, wrong };
}

describe.each([ACTIVATION, RESET])('when the %s', (proof) => {
  it('a stranger’s registration changes nothing, in any order of registrations, resends and resets', async () => {
    const events: StoryEvent[] = ['owner registers', 'stranger registers', 'resend', 'reset', proof];
    const { told, wrong } = await wrongOrders(sensibleOf(interleavings(events, ['stranger registers', proof])));
    expect(wrong).toEqual([]);
    expect(told).toBeGreaterThanOrEqual(full(4, 46));
  }, 300_000);

  describe.each<SignUpWay>(['AUTO_ACTIVATE', 'claims', 'sealed'])('by way of %s', (way) => {
    it('nor does an account that he made at once, with its session, device and refresh token', async () => {
      const events: StoryEvent[] = ['owner registers', 'stranger signs up at once', 'resend', 'reset', proof];
      const { told, wrong } = await wrongOrders(
        sensibleOf(interleavings(events, ['stranger signs up at once', proof]), way),
        way,
      );
      expect(wrong).toEqual([]);
      expect(told).toBeGreaterThanOrEqual(full(4, 46));
    }, 300_000);

    it.each([
      'stranger changes his password',
      'stranger enables a second factor',
      'stranger deletes his account',
    ] as const)(
      'nor whatever he does with it: %s',
      async (deed) => {
        const events: StoryEvent[] = ['owner registers', 'stranger signs up at once', 'reset', deed, proof];
        const orders = interleavings<StoryEvent>(events, ['stranger signs up at once', deed, proof]).filter(
          (order) => indexOf(order, 'stranger signs up at once') < indexOf(order, deed),
        );
        const { told, wrong } = await wrongOrders(sensibleOf(orders, way), way);
        expect(wrong).toEqual([]);
        expect(told).toBeGreaterThanOrEqual(full(1, 16));
      },
      300_000,
    );
  });
});

const bothWays = PROOFS.flatMap((proof) => (['claims', 'sealed'] as const).map((way) => [way, proof] as const));

describe.each(bothWays)('when both sign up by %s and the %s', (way, proof) => {
  const events: StoryEvent[] = [
    'owner signs up at once',
    'stranger signs up at once',
    'owner asks for a reset by both names',
    ...(proof === ACTIVATION ? (['owner registers'] as const) : (['stranger registers'] as const)),
    proof,
  ];
  const orders = interleavings<StoryEvent>(events, ['owner signs up at once', 'stranger signs up at once', proof]);

  it('nothing of the stranger’s is left, whoever came first', async () => {
    const { told, wrong } = await wrongOrders(sensibleOf(orders, way), way);
    expect(wrong).toEqual([]);
    expect(told).toBeGreaterThanOrEqual(full(1, 16));
  }, 300_000);
});

it.each(PROOFS)(
  'when the %s no code that was asked for before is good, nor a one-time token',
  async (proof) => {
    const orders = (['owner registers', 'owner signs up at once', 'stranger signs up at once'] as const).flatMap(
      (start) =>
        interleavings<StoryEvent>(
          ['stranger asks for a code', 'stranger reads the code', 'reset', proof],
          ['stranger asks for a code', proof],
        ).map((order): StoryEvent[] => [start, ...order]),
    );
    const { told, wrong } = await wrongOrders(sensibleOf(orders, 'sealed'), 'sealed');
    expect(wrong).toEqual([]);
    expect(told).toBeGreaterThanOrEqual(full(1, 16));
  },
  300_000,
);

it.each(['claims', 'sealed'] as const)(
  `with REQUIRE_VERIFIED_EMAIL=true neither has an account before the ${VERIFICATION}: by %s`,
  async (way) => {
    const waiting = await startTestApp({ environment: { REQUIRE_VERIFIED_EMAIL: 'true' } });
    const events: StoryEvent[] = [
      'owner signs up at once',
      'stranger signs up at once',
      'stranger registers',
      'reset',
      VERIFICATION,
    ];
    const orders = interleavings<StoryEvent>(events, [
      'owner signs up at once',
      'stranger signs up at once',
      VERIFICATION,
    ]);
    // a registration alone brings the owner his link, whoever came before
    const sensible = orders.filter((order) => indexOf(order, 'owner signs up at once') < indexOf(order, VERIFICATION));
    const { told, wrong } = await wrongOrders(sensible, way, waiting);
    await waiting.close();
    expect(wrong).toEqual([]);
    expect(told).toBeGreaterThanOrEqual(full(2, 21));
  },
  300_000,
);
