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
    await runner.query(`CREATE UNIQUE INDEX uq_stored_objects__blob ON stored_objects (blob_key)`);
    await runner.query(`CREATE TABLE storage_usage (
      owner_id uuid NOT NULL,
      bytes bigint NOT NULL,
      CONSTRAINT pk_storage_usage PRIMARY KEY (owner_id)
    )`);
    await this.followObjects(runner);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE storage_usage`);
    await runner.query(`DROP TABLE stored_objects`);
    await runner.query(`DROP TABLE stored_blobs`);
    await runner.query(`DROP FUNCTION follow_stored_object()`);
  }

  /**
   * The trigger's name sorts after those of foreign keys, so it fires after them: whoever waits for an account that is
   * being deleted must not hold the count of its bytes, which the deletion needs, too.
   */
  private async followObjects(runner: QueryRunner): Promise<void> {
    await runner.query(`CREATE FUNCTION follow_stored_object() RETURNS trigger LANGUAGE plpgsql AS $$
      DECLARE
        owner uuid := coalesce(CASE TG_OP WHEN 'DELETE' THEN OLD.owner_id ELSE NEW.owner_id END,
          '00000000-0000-0000-0000-000000000000');
        more bigint := CASE TG_OP WHEN 'INSERT' THEN NEW.size WHEN 'DELETE' THEN -OLD.size ELSE NEW.size - OLD.size END;
      BEGIN
        IF TG_OP <> 'INSERT' THEN
          UPDATE stored_blobs SET state = 'released', lease_until = NULL
          WHERE key = OLD.blob_key AND (TG_OP = 'DELETE' OR NEW.blob_key <> OLD.blob_key);
        END IF;
        INSERT INTO storage_usage AS u (owner_id, bytes) VALUES (owner, more)
        ON CONFLICT (owner_id) DO UPDATE SET bytes = u.bytes + excluded.bytes;
        DELETE FROM storage_usage WHERE TG_OP = 'DELETE' AND owner_id = owner AND bytes <= 0;
        RETURN NULL;
      END
    $$`);
    await runner.query(`CREATE TRIGGER tr_stored_objects__follow
      AFTER INSERT OR DELETE OR UPDATE OF blob_key, size ON stored_objects
      FOR EACH ROW EXECUTE FUNCTION follow_stored_object()`);
  }
}
