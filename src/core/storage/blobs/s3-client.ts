import type { S3Client } from '@aws-sdk/client-s3';
import type { S3Settings } from '../../../config/settings';

type Sdk = typeof import('@aws-sdk/client-s3');

export interface LoadedS3 {
  readonly sdk: Sdk;
  /** For what is over soon: writes, removals, checks. */
  readonly client: S3Client;
  /** For downloads, over connections of their own: readers who are slow keep nobody from writing. */
  readonly downloads: S3Client;
}

/** How many connections there are at most. */
export interface S3Connections {
  readonly work: number;
  /** Each is held for as long as its reader takes. */
  readonly downloads: number;
}

const CONNECT_TIMEOUT_MS = 5000;
/** From the first byte of a request to the first one of its answer. */
const ANSWER_TIMEOUT_MS = 10_000;
const TRIES = 2;

/** Loads the SDK, which is large, when it is first needed. */
export async function loadS3(settings: S3Settings, connections: S3Connections): Promise<LoadedS3> {
  const sdk = await import('@aws-sdk/client-s3');
  return {
    sdk,
    client: clientOf(sdk, settings, connections.work),
    downloads: clientOf(sdk, settings, connections.downloads),
  };
}

function clientOf(sdk: Sdk, settings: S3Settings, maxSockets: number): S3Client {
  const agent = { keepAlive: true, maxSockets };
  return new sdk.S3Client({
    ...(settings.endpoint === '' ? {} : { endpoint: settings.endpoint }),
    region: settings.region,
    credentials: { accessKeyId: settings.accessKeyId, secretAccessKey: settings.secretAccessKey },
    // what stores other than AWS's have in common
    forcePathStyle: true,
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    maxAttempts: TRIES,
    requestHandler: {
      connectionTimeout: CONNECT_TIMEOUT_MS,
      requestTimeout: ANSWER_TIMEOUT_MS,
      throwOnRequestTimeout: true,
      // a reader that is slow leaves the socket idle
      socketTimeout: 0,
      httpAgent: agent,
      httpsAgent: agent,
    },
  });
}
