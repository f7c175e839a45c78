import { ApiExtension, type OpenAPIObject } from '@nestjs/swagger';

type PathItem = OpenAPIObject['paths'][string];
type Operation = NonNullable<PathItem['get']>;

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
  const paths = Object.entries(document.paths).flatMap(([path, item]): [string, PathItem][] => {
    if (!item.get || !(EXTENSION in item.get)) return [[path, item]];
    const { [EXTENSION]: folder, ...file } = item.get as Operation & { readonly [EXTENSION]: FolderOperation };
    const withSlash: [string, PathItem] = [`${path}/`, { get: folderOf(file, folder) }];
    if (folder.isOnly) return [withSlash];
    return [[path, { ...item, get: withParameters(file, (name) => !isIts(folder, name)) }], withSlash];
  });
  document.paths = Object.fromEntries(paths);
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
