import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Files: what stands at a path, which bytes it points at, and how much an owner has. Whichever statement deletes a row
 * or points it elsewhere (a cascade from `users` too), a trigger lets go of the bytes and counts them off; as let go of
 * they count until their own row goes, which is after them.
 */
export class Storage1764400000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`CREATE TABLE stored_blobs (
      key text NOT NULL,
      state text NOT NULL,
      lease_until timestamptz,
      owner_id uuid,
      charge bigint,
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
      released bigint NOT NULL,
      CONSTRAINT pk_storage_usage PRIMARY KEY (owner_id)
    )`);
    await this.chargeObjects(runner);
    await this.followObjects(runner);
    await this.followRemovals(runner);
    await this.followSweeps(runner);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE storage_usage`);
    await runner.query(`DROP TABLE stored_objects`);
    await runner.query(`DROP TABLE stored_blobs`);
    await runner.query(`DROP FUNCTION follow_stored_object()`);
    await runner.query(`DROP FUNCTION follow_removed_objects()`);
    await runner.query(`DROP FUNCTION follow_swept_blobs()`);
    await runner.query(`DROP FUNCTION charge_of_object(bigint, jsonb)`);
    await runner.query(`DROP FUNCTION charge_of_bytes(bigint)`);
  }

  /** What a file counts for: a small one costs a row, a name and a block of a disk all the same. */
  private async chargeObjects(runner: QueryRunner): Promise<void> {
    await runner.query(`CREATE FUNCTION charge_of_bytes(size bigint) RETURNS bigint
      LANGUAGE sql IMMUTABLE AS $$ SELECT CASE WHEN size < 4096 THEN 4096 ELSE size END $$`);
    await runner.query(`CREATE FUNCTION charge_of_object(size bigint, metadata jsonb) RETURNS bigint
      LANGUAGE sql IMMUTABLE AS $$ SELECT charge_of_bytes(size) + octet_length(metadata::text) $$`);
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
        let_go bigint := 0;
      BEGIN
        IF TG_OP = 'UPDATE' AND NEW.blob_key <> OLD.blob_key THEN
          let_go := charge_of_bytes(OLD.size);
          UPDATE stored_blobs SET state = 'released', lease_until = NULL, owner_id = owner, charge = let_go
          WHERE key = OLD.blob_key;
        END IF;
        INSERT INTO storage_usage AS u (owner_id, bytes, released) VALUES (owner, more, let_go)
        ON CONFLICT (owner_id) DO UPDATE
        SET bytes = u.bytes + excluded.bytes, released = u.released + excluded.released;
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
        UPDATE stored_blobs b SET state = 'released', lease_until = NULL,
          owner_id = coalesce(r.owner_id, '00000000-0000-0000-0000-000000000000'), charge = charge_of_bytes(r.size)
        FROM removed r WHERE b.key = r.blob_key;
        UPDATE storage_usage u SET bytes = u.bytes - less.bytes, released = u.released + less.released
        FROM (SELECT coalesce(owner_id, '00000000-0000-0000-0000-000000000000') AS owner_id,
            sum(charge_of_object(size, metadata))::bigint AS bytes, sum(charge_of_bytes(size))::bigint AS released
          FROM removed GROUP BY 1) less
        WHERE u.owner_id = less.owner_id;
        RETURN NULL;
      END
    $$`);
    await runner.query(`CREATE TRIGGER tr_stored_objects__follow_removals
      AFTER DELETE ON stored_objects REFERENCING OLD TABLE AS removed
      FOR EACH STATEMENT EXECUTE FUNCTION follow_removed_objects()`);
  }

  /**
   * What is swept belongs to many owners: their counts are held in one order, so that two sweepers never wait for each
   * other. A count goes with the last that is left of an owner.
   */
  private async followSweeps(runner: QueryRunner): Promise<void> {
    await runner.query(`CREATE FUNCTION follow_swept_blobs() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        PERFORM 1 FROM storage_usage WHERE owner_id IN (SELECT owner_id FROM swept) ORDER BY owner_id FOR UPDATE;
        UPDATE storage_usage u SET released = u.released - less.released
        FROM (SELECT owner_id, sum(charge)::bigint AS released FROM swept WHERE owner_id IS NOT NULL GROUP BY 1) less
        WHERE u.owner_id = less.owner_id;
        DELETE FROM storage_usage u USING swept s WHERE u.owner_id = s.owner_id AND u.bytes <= 0 AND u.released <= 0;
        RETURN NULL;
      END
    $$`);
    await runner.query(`CREATE TRIGGER tr_stored_blobs__follow_sweeps
      AFTER DELETE ON stored_blobs REFERENCING OLD TABLE AS swept
      FOR EACH STATEMENT EXECUTE FUNCTION follow_swept_blobs()`);
  }
}
