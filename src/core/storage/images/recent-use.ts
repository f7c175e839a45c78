/** After so long what was used counts a third (1/e). */
const FADES_IN_MS = 60_000;
/** Of what was used so long before, next to nothing is left. */
const FORGOTTEN_AFTER_MS = 15 * FADES_IN_MS;

interface Account {
  /** Milliseconds, as they counted then. */
  readonly used: number;
  readonly at: number;
  readonly underWay: number;
}

const NOTHING: Account = { used: 0, at: 0, underWay: 0 };

/** How much time each caller has used lately, of what is under way too; the longer ago, the less it counts. */
export class RecentUse {
  /** Those that changed last come last. */
  private readonly accounts = new Map<string, Account>();

  constructor(private readonly now: () => number) {}

  /** Milliseconds, as they count now. */
  of(caller: string): number {
    const { used, at, underWay } = this.accounts.get(caller) ?? NOTHING;
    const left = Math.exp((at - this.now()) / FADES_IN_MS);
    return used * left + underWay * FADES_IN_MS * (1 - left);
  }

  underWay(caller: string): number {
    return this.accounts.get(caller)?.underWay ?? 0;
  }

  /** His time runs until what is returned is called, once. */
  begin(caller: string): () => void {
    this.change(caller, 1);
    return () => {
      this.change(caller, -1);
    };
  }

  private change(caller: string, by: number): void {
    const account = { used: this.of(caller), at: this.now(), underWay: this.underWay(caller) + by };
    this.accounts.delete(caller);
    this.accounts.set(caller, account);
    for (const [name, { at, underWay }] of this.accounts) {
      if (underWay > 0 || account.at - at < FORGOTTEN_AFTER_MS) return;
      this.accounts.delete(name);
    }
  }
}
