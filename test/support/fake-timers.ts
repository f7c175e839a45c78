/** What databases and connections live by. */
const KEPT = ['Date', 'hrtime', 'nextTick', 'performance', 'queueMicrotask', 'setImmediate', 'clearImmediate'] as const;
const OTHERS = {
  interval: ['setTimeout', 'clearTimeout'],
  timeout: ['setInterval', 'clearInterval'],
} as const;

/** Fakes intervals alone, or timeouts alone: everything else keeps its own timers. */
export function fakeOnly(which: keyof typeof OTHERS): void {
  jest.useFakeTimers({ doNotFake: [...KEPT, ...OTHERS[which]] });
}
