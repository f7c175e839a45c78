import { Injectable } from '@nestjs/common';
import { lockName, statement, type Tx } from '../../../database/database.service';
import type { ComingObject, ObjectMetadata, StoredObject } from './stored-object';

const COLUMNS = `folder, filename, owner_id AS "owner", content_type AS "contentType",
  borne_out_type AS "borneOutType", size::float8 AS size, encode(sha256, 'hex') AS sha256, blob_key AS "blobKey", metadata, created_at AS "createdAt", updated_at AS "updatedAt"`;

interface ListedFolder {
  readonly folder: string;
  readonly after: string;
  readonly token?: string | undefined;
  readonly limit: number;
}

type Row = Omit<StoredObject, 'path'>;

/** The rows of files. Bytes are let go of by a trigger, whichever statement deletes or changes a row. */
@Injectable()
export class StoredObjects {
  async find(tx: Tx, path: string): Promise<StoredObject | null> {
    const { rows } = await statement<Row>(
      tx,
      `SELECT ${COLUMNS} FROM stored_objects WHERE folder = $1 AND filename = $2`,
      placeOf(path),
    );
    return rows[0] ? objectOf(rows[0]) : null;
  }

  /** Holds everybody else back who would change what is at this path, until the transaction ends. */
  async lock(tx: Tx, path: string): Promise<StoredObject | null> {
    await lockName(tx, 'stored-object', path);
    const { rows } = await statement<Row>(
      tx,
      `SELECT ${COLUMNS} FROM stored_objects WHERE folder = $1 AND filename = $2 FOR NO KEY UPDATE`,
      placeOf(path),
    );
    return rows[0] ? objectOf(rows[0]) : null;
  }

  /**
   * The files directly in a folder whose names come after `after`, in the byte order of their names. Those of one token
   * are found by it, however many others there are.
   */
  async list(tx: Tx, { folder, after, token, limit }: ListedFolder): Promise<StoredObject[]> {
    const { rows } = await statement<Row>(
      tx,
      `SELECT ${COLUMNS} FROM stored_objects
       WHERE folder = $1 AND filename > $2 ${token === undefined ? '' : `AND metadata ->> 'token' = $4`}
       ORDER BY filename LIMIT $3`,
      [folder, after, limit, ...(token === undefined ? [] : [token])],
    );
    return rows.map(objectOf);
  }

  /** A new file, or other bytes at its path: who owns it and when it was created stays. */
  async put(tx: Tx, path: string, coming: ComingObject, blobKey: string, now: Date): Promise<StoredObject> {
    const { rows } = await statement<Row>(
      tx,
      `INSERT INTO stored_objects
         (folder, filename, owner_id, content_type, borne_out_type, size, sha256, blob_key, metadata, created_at,
          updated_at)
       VALUES ($1, $2, $3, $4, $5, $6, decode($7, 'hex'), $8, $9, $10, $10)
       ON CONFLICT (folder, filename) DO UPDATE SET content_type = excluded.content_type,
         borne_out_type = excluded.borne_out_type, size = excluded.size, sha256 = excluded.sha256, blob_key = excluded.blob_key, metadata = excluded.metadata,
         updated_at = excluded.updated_at
       RETURNING ${COLUMNS}`,
      [
        ...placeOf(path),
        coming.owner,
        coming.contentType,
        coming.borneOutType,
        coming.size,
        coming.sha256,
        blobKey,
        JSON.stringify(coming.metadata),
        now,
      ],
    );
    return theOne(rows);
  }

  async replaceMetadata(tx: Tx, path: string, metadata: ObjectMetadata, now: Date): Promise<StoredObject> {
    const { rows } = await statement<Row>(
      tx,
      `UPDATE stored_objects SET metadata = $3, updated_at = $4 WHERE folder = $1 AND filename = $2
       RETURNING ${COLUMNS}`,
      [...placeOf(path), JSON.stringify(metadata), now],
    );
    return theOne(rows);
  }

  async remove(tx: Tx, path: string): Promise<void> {
    await statement(tx, `DELETE FROM stored_objects WHERE folder = $1 AND filename = $2`, placeOf(path));
  }
}

function placeOf(path: string): [folder: string, filename: string] {
  const slash = path.lastIndexOf('/');
  return [path.slice(0, Math.max(slash, 0)), path.slice(slash + 1)];
}

function objectOf(row: Row): StoredObject {
  return { ...row, path: row.folder === '' ? row.filename : `${row.folder}/${row.filename}` };
}

function theOne(rows: readonly Row[]): StoredObject {
  if (!rows[0]) throw new Error('The row that was locked is gone.');
  return objectOf(rows[0]);
}
