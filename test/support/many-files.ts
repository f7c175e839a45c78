import { statement, type Tx } from '../../src/database/database.service';

const AT_ONCE = 250;

/**
 * Rows as so many uploads of small files `f1`, `f2`, … to the account's folder leave them, without the bytes.
 *
 * @param saidBytes how long what is said about each is, beside its token
 */
export async function manyFiles(tx: Tx, owner: string, count: number, saidBytes = 0): Promise<void> {
  await statement(
    tx,
    `INSERT INTO stored_blobs (key, state) SELECT md5($1::text || i), 'kept' FROM generate_series(1, $2::int) i`,
    [owner, count],
  );
  for (let first = 1; first <= count; first += AT_ONCE) {
    await statement(
      tx,
      `INSERT INTO stored_objects
         (folder, filename, owner_id, content_type, borne_out_type, size, sha256, blob_key, metadata, created_at, updated_at)
       SELECT 'user/' || $1::text, 'f' || i, $1::uuid, 'text/plain', 'text/plain', 1000, '\\x00', md5($1::text || i), jsonb_build_object('token', 't', 'description', repeat('d', $4::int)),
         now(), now() FROM generate_series($2::int, $3::int) i`,
      [owner, first, Math.min(first + AT_ONCE - 1, count), saidBytes],
    );
  }
}
