const MOST_LINES = 50;

/** A rules file that cannot be used, said to the person who wrote it: a line each, with file, line and reason. */
export class StorageRulesError extends Error {
  private constructor(readonly faults: readonly string[]) {
    const shown = faults.slice(0, MOST_LINES);
    if (faults.length > shown.length) shown.push(`and ${faults.length - shown.length} more`);
    super(`The storage rules are wrong:\n${shown.map((fault) => `  ${fault}`).join('\n')}`);
    this.name = 'StorageRulesError';
  }

  /** @param faults with the line they are in; null: the file as a whole */
  static of(
    file: string,
    faults: readonly { readonly line: number | null; readonly reason: string }[],
  ): StorageRulesError {
    const inOrder = [...faults].sort((one, other) => (one.line ?? 0) - (other.line ?? 0));
    return new StorageRulesError(
      inOrder.map(({ line, reason }) => (line === null ? `${file}: ${reason}` : `${file}:${line}: ${reason}`)),
    );
  }
}
