/** What formulas and callers say about a file beside its bytes; `token` is always there. */
export type ObjectMetadata = Readonly<Record<string, unknown>> & { readonly token: string };

/** A file as its row tells it. */
export interface StoredObject {
  /** Segments joined by `/`, without one in front: `user/1/photo.png`. */
  readonly path: string;
  /** All segments but the last; empty at the top. */
  readonly folder: string;
  readonly filename: string;
  /** The account's uuid; null for a file that a stranger created. Stays when somebody else overwrites the file. */
  readonly owner: string | null;
  /** As its sender calls it; nobody has looked whether it is. */
  readonly contentType: string;
  /** What its bytes bear out: whatever shows it or makes something of it goes by this. */
  readonly borneOutType: string;
  readonly size: number;
  /** SHA-256 of the bytes, in hex: the strong entity tag without its quotes. */
  readonly sha256: string;
  readonly metadata: ObjectMetadata;
  readonly createdAt: Date;
  /** When bytes or metadata last changed. */
  readonly updatedAt: Date;
  /** Where the bytes lie: for `OpenObject`, never for an answer. */
  readonly blobKey: string;
}

/** A file that is about to be stored: all of it is known. */
export type ComingObject = Pick<
  StoredObject,
  'owner' | 'contentType' | 'borneOutType' | 'size' | 'sha256' | 'metadata'
>;
