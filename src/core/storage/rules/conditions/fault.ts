/** What is wrong with a condition, and where in its text. Offsets count UTF-16 units. */
export interface Fault {
  readonly offset: number;
  readonly reason: string;
}
