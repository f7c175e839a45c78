/** A point at which something under test is stopped until the test has seen enough. */
export class Hold {
  /** Resolves once something waits here. */
  readonly reached: Promise<void>;
  release!: () => void;
  private arrive!: () => void;
  private readonly released: Promise<void>;

  constructor() {
    this.reached = new Promise((resolve) => {
      this.arrive = resolve;
    });
    this.released = new Promise((resolve) => {
      this.release = resolve;
    });
  }

  wait(): Promise<void> {
    this.arrive();
    return this.released;
  }
}
