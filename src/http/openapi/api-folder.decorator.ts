import { ApiExtension, type OpenAPIObject } from '@nestjs/swagger';

type Operation = NonNullable<OpenAPIObject['paths'][string]['get']>;

const EXTENSION = 'x-folder';

/** What a route answers where its path ends with a slash, and so names a folder. */
export interface FolderOperation {
  readonly summary: string;
  /** A response object of OpenAPI, for 200. */
  readonly answer: object;
  readonly statuses: readonly number[];
  /** Names of the query that are a folder's; all others of the operation's are a file's. */
  readonly query?: readonly string[];
  /** Whether a path without the slash is none. */
  readonly isOnly?: boolean;
}

/** For routes to which a slash at the end of the path makes a difference: there they are described twice. */
export function ApiFolder(folder: FolderOperation): MethodDecorator {
  return ApiExtension(EXTENSION, folder);
}

/** Gives each folder its own place in a document, under its path with the slash. */
export function describeFolders(document: OpenAPIObject): void {
  for (const [path, { get: operation }] of Object.entries(document.paths)) {
    if (!operation || !(EXTENSION in operation)) continue;
    const { [EXTENSION]: folder, ...file } = operation as Operation & { readonly [EXTENSION]: FolderOperation };
    document.paths[`${path}/`] = { get: folderOf(file, folder) };
    if (folder.isOnly) delete document.paths[path];
    else document.paths[path] = { ...document.paths[path], get: withParameters(file, (name) => !isIts(folder, name)) };
  }
}

function folderOf(file: Operation, folder: FolderOperation): Operation {
  const { summary, statuses, answer } = folder;
  const entries = Object.entries(file.responses).filter(([status]) => statuses.includes(Number(status)));
  const { operationId = '' } = file;
  return {
    ...withParameters(file, (name) => isIts(folder, name)),
    operationId: `${operationId}_folder`,
    summary,
    responses: { ...Object.fromEntries(entries), 200: { description: '', ...answer } },
  };
}

function isIts({ query = [] }: FolderOperation, name: string): boolean {
  return query.includes(name);
}

/** What stands in the path stays. */
function withParameters(operation: Operation, isMeant: (name: string) => boolean): Operation {
  const parameters = operation.parameters?.filter(
    (parameter) => '$ref' in parameter || parameter.in === 'path' || isMeant(parameter.name),
  );
  return parameters ? { ...operation, parameters } : operation;
}
