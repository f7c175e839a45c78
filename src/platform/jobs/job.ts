/** Work to be done regularly, by one process at a time. */
export interface Job {
  readonly name: string;
  readonly everySeconds: number;
  /** @param ending when this process is told to end: work that may be long stops then */
  readonly run: (ending: AbortSignal) => Promise<void>;
}
