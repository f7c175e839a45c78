/** Work to be done regularly, by one process at a time. */
export interface Job {
  readonly name: string;
  readonly everySeconds: number;
  readonly run: () => Promise<void>;
}
