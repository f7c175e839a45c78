/** A rules file that cannot be used, said to the person who wrote it: a line each, with file, line and reason. */
export class StorageRulesError extends Error {
  constructor(readonly faults: readonly string[]) {
    super(`The storage rules are wrong:\n${faults.map((fault) => `  ${fault}`).join('\n')}`);
    this.name = 'StorageRulesError';
  }
}
