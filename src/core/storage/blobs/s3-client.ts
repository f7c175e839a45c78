import type { S3Client } from '@aws-sdk/client-s3';
import type { S3Settings } from '../../../config/settings';

type Sdk = typeof import('@aws-sdk/client-s3');

export interface LoadedS3 {
  readonly sdk: Sdk;
  readonly client: S3Client;
}

const CONNECT_TIMEOUT_MS = 5000;
/** From the first byte of a request to the first one of its answer. */
const ANSWER_TIMEOUT_MS = 10_000;
const TRIES = 2;
/** Each download holds one for as long as its reader takes. */
const MAX_SOCKETS = 1000;

/** Loads the SDK, which is large, when it is first needed. */
export async function loadS3(settings: S3Settings): Promise<LoadedS3> {
  const sdk = await import('@aws-sdk/client-s3');
  const agent = { keepAlive: true, maxSockets: MAX_SOCKETS };
  const client = new sdk.S3Client({
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
  return { sdk, client };
}
