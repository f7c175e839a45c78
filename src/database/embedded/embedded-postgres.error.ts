/** Why the embedded PostgreSQL cannot run here, said to the person who starts the service. */
export class EmbeddedPostgresError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(
      `The embedded PostgreSQL cannot run: ${message} Set DATABASE_URL to use a PostgreSQL server instead.`,
      options,
    );
    this.name = 'EmbeddedPostgresError';
  }
}
