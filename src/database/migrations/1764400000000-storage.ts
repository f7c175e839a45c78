import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Files: what stands at a path, which bytes it points at, and how much an owner has. Whichever statement deletes a row
 * or points it elsewhere (a cascade from `users` too), a trigger lets go of the bytes and counts them off.
 */
export class Storage1764400000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`CREATE TABLE stored_blobs (
      key text NOT NULL,
      state text NOT NULL,
      lease_until timestamptz,
      CONSTRAINT pk_stored_blobs PRIMARY KEY (key),
      CONSTRAINT ck_stored_blobs__state CHECK (state IN ('coming', 'kept', 'released', 'leaving'))
    )`);
    await runner.query(`CREATE INDEX ix_stored_blobs__lease ON stored_blobs (lease_until) WHERE state <> 'kept'`);
    await runner.query(`CREATE TABLE stored_objects (
      folder text COLLATE "C" NOT NULL,
      filename text COLLATE "C" NOT NULL,
      owner_id uuid,
      content_type text NOT NULL,
      borne_out_type text NOT NULL,
      size bigint NOT NULL,
      sha256 bytea NOT NULL,
      blob_key text NOT NULL,
      metadata jsonb NOT NULL,
      created_at timestamptz NOT NULL,
      updated_at timestamptz NOT NULL,
      CONSTRAINT pk_stored_objects PRIMARY KEY (folder, filename),
      CONSTRAINT fk_stored_objects__users FOREIGN KEY (owner_id) REFERENCES users (id) ON DELETE CASCADE,
      CONSTRAINT fk_stored_objects__stored_blobs FOREIGN KEY (blob_key) REFERENCES stored_blobs (key)
    )`);
    await runner.query(`CREATE INDEX ix_stored_objects__owner ON stored_objects (owner_id)`);
    await runner.query(`CREATE INDEX ix_stored_objects__token ON stored_objects (folder, (metadata ->> 'token'))`);
    await runner.query(`CREATE UNIQUE INDEX uq_stored_objects__blob ON stored_objects (blob_key)`);
    await runner.query(`CREATE TABLE storage_usage (
      owner_id uuid NOT NULL,
      bytes bigint NOT NULL,
      CONSTRAINT pk_storage_usage PRIMARY KEY (owner_id)
    )`);
    await this.chargeObjects(runner);
    await this.followObjects(runner);
    await this.followRemovals(runner);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE storage_usage`);
    await runner.query(`DROP TABLE stored_objects`);
    await runner.query(`DROP TABLE stored_blobs`);
    await runner.query(`DROP FUNCTION follow_stored_object()`);
    await runner.query(`DROP FUNCTION follow_removed_objects()`);
    await runner.query(`DROP FUNCTION charge_of_object(bigint, jsonb)`);
  }

  /** What a file counts for: a small one costs a row, a name and a block of a disk all the same. */
  private async chargeObjects(runner: QueryRunner): Promise<void> {
    await runner.query(`CREATE FUNCTION charge_of_object(size bigint, metadata jsonb) RETURNS bigint
      LANGUAGE sql IMMUTABLE AS $$ SELECT greatest(size, 4096) + octet_length(metadata::text) $$`);
  }

  /**
   * The trigger's name sorts after those of foreign keys, so it fires after them: whoever waits for an account that is
   * being deleted must not hold the count of its bytes, which the deletion needs, too.
   */
  private async followObjects(runner: QueryRunner): Promise<void> {
    await runner.query(`CREATE FUNCTION follow_stored_object() RETURNS trigger LANGUAGE plpgsql AS $$
      DECLARE
        owner uuid := coalesce(NEW.owner_id, '00000000-0000-0000-0000-000000000000');
        more bigint := charge_of_object(NEW.size, NEW.metadata)
          - CASE TG_OP WHEN 'INSERT' THEN 0 ELSE charge_of_object(OLD.size, OLD.metadata) END;
      BEGIN
        IF TG_OP = 'UPDATE' THEN
          UPDATE stored_blobs SET state = 'released', lease_until = NULL
          WHERE key = OLD.blob_key AND NEW.blob_key <> OLD.blob_key;
        END IF;
        INSERT INTO storage_usage AS u (owner_id, bytes) VALUES (owner, more)
        ON CONFLICT (owner_id) DO UPDATE SET bytes = u.bytes + excluded.bytes;
        RETURN NULL;
      END
    $$`);
    await runner.query(`CREATE TRIGGER tr_stored_objects__follow
      AFTER INSERT OR UPDATE OF blob_key, size, metadata ON stored_objects
      FOR EACH ROW EXECUTE FUNCTION follow_stored_object()`);
  }

  /** Once a statement, not a row: an account's files go with it in one, and each count would be a version of one row. */
  private async followRemovals(runner: QueryRunner): Promise<void> {
    await runner.query(`CREATE FUNCTION follow_removed_objects() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        UPDATE stored_blobs b SET state = 'released', lease_until = NULL FROM removed r WHERE b.key = r.blob_key;
        UPDATE storage_usage u SET bytes = u.bytes - less.bytes
        FROM (SELECT coalesce(owner_id, '00000000-0000-0000-0000-000000000000') AS owner_id,
            sum(charge_of_object(size, metadata))::bigint AS bytes
          FROM removed GROUP BY 1) less
        WHERE u.owner_id = less.owner_id;
        DELETE FROM storage_usage u USING removed r
        WHERE u.bytes <= 0 AND u.owner_id = coalesce(r.owner_id, '00000000-0000-0000-0000-000000000000');
        RETURN NULL;
      END
    $$`);
    await runner.query(`CREATE TRIGGER tr_stored_objects__follow_removals
      AFTER DELETE ON stored_objects REFERENCING OLD TABLE AS removed
      FOR EACH STATEMENT EXECUTE FUNCTION follow_removed_objects()`);
  }
}
