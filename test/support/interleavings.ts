/** Every order in which all of `events` can happen. */
function permutations<T>(events: readonly T[]): T[][] {
  if (events.length <= 1) return [[...events]];
  return events.flatMap((event, index) =>
    permutations([...events.slice(0, index), ...events.slice(index + 1)]).map((rest) => [event, ...rest]),
  );
}

/** Every order of every selection of `events` that has `always` in it. */
export function interleavings<T>(events: readonly T[], always: readonly T[]): T[][] {
  const optional = events.filter((event) => !always.includes(event));
  const selections = optional.reduce<T[][]>(
    (sets, event) => [...sets, ...sets.map((set) => [...set, event])],
    [[...always]],
  );
  return selections.flatMap(permutations);
}
