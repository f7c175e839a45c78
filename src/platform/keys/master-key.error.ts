/** Why what is encrypted at rest cannot be opened, said to the person who starts the service; names no value. */
export class MasterKeyError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'MasterKeyError';
  }
}
