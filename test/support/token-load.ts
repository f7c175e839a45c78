import { createRemoteJWKSet, decodeJwt, decodeProtectedHeader, errors, jwtVerify } from 'jose';
import { setTimeout as delay } from 'node:timers/promises';
import { bearer, expectStatus, signIn, tokensOf } from './account-client';
import type { ServiceProcess } from './service-process';

/** A token that was refused before it expired. */
export interface Refusal {
  readonly kid: string;
  readonly by: string;
  readonly secondsOld: number;
  readonly reason: string;
}

interface HeldToken {
  readonly token: string;
  readonly kid: string;
  readonly issuedAt: number;
  readonly expiresAt: number;
}

type Reader = ReturnType<typeof createRemoteJWKSet>;

const CLIENTS = 3;
const REFRESHES_A_SESSION = 10;
const READERS = 8;
/** Between two steps of a client: the machine has other tests to run. */
const PACE_MS = 20;
/** A token is looked at once more so shortly before its end. */
const LAST_MS = 1500;

/**
 * Clients of one account who sign in and refresh at several processes of one service. Each of their tokens is looked at
 * when it is new and when it is about to expire, by every process, and by readers who know the published set alone.
 */
export class TokenLoad {
  /** Key ids by which new tokens were signed. */
  readonly signers = new Set<string>();
  /** Key ids of former keys whose tokens were looked at after another key had begun to sign. */
  readonly outlived = new Set<string>();
  readonly refusals: Refusal[] = [];
  accepted = 0;
  private newest = '';
  private readonly held: HeldToken[] = [];
  private readonly readers: Reader[] = [];
  private readonly startedAt = performance.now();
  private isOver = false;
  private readonly loops: Promise<PromiseSettledResult<void>[]>;

  private constructor(
    private readonly services: readonly [ServiceProcess, ...ServiceProcess[]],
    private readonly email: string,
    private readonly maxAgeSeconds: number | null,
  ) {
    const clients = Array.from({ length: CLIENTS }, (_, turn) => this.use(turn));
    this.loops = Promise.allSettled([...clients, this.lookAgain()]);
  }

  /** With readers that keep the published set for as long as it says it may be kept, and fetch it no sooner. */
  static async withReaders(services: TokenLoad['services'], email: string): Promise<TokenLoad> {
    const answer = await expectStatus(services[0].get('/auth/jwks'), 200);
    const maxAge = /max-age=(\d+)/.exec(answer.headers.get('cache-control') ?? '')?.[1];
    return new TokenLoad(services, email, Number(maxAge));
  }

  static atServices(services: TokenLoad['services'], email: string): TokenLoad {
    return new TokenLoad(services, email, null);
  }

  /** The tokens that have not expired. */
  tokens(): string[] {
    return this.held.filter(isAlive).map(({ token }) => token);
  }

  /** @throws what a client or a reader could not do at all */
  async stop(): Promise<void> {
    this.isOver = true;
    for (const loop of await this.loops) if (loop.status === 'rejected') throw loop.reason;
  }

  private async use(first: number): Promise<void> {
    for (let turn = first; !this.isOver;) {
      let tokens = await signIn(this.at(turn++), this.email);
      for (let round = 0; round < REFRESHES_A_SESSION && this.goesOn(); round += 1) {
        await this.lookAt(this.hold(tokens.access));
        await delay(PACE_MS);
        const refreshed = this.at(turn++).post('/auth/token/refresh', { refresh_token: tokens.refresh });
        tokens = await tokensOf(await expectStatus(refreshed, 200));
      }
    }
  }

  private async lookAgain(): Promise<void> {
    while (this.goesOn()) {
      const oldest = this.held[0];
      if (!oldest || oldest.expiresAt - Date.now() > LAST_MS) {
        await delay(PACE_MS);
        continue;
      }
      this.held.shift();
      if (!isAlive(oldest)) continue;
      if (oldest.kid !== this.newest) this.outlived.add(oldest.kid);
      await this.lookAt(oldest);
    }
  }

  private goesOn(): boolean {
    return !this.isOver;
  }

  private at(turn: number): ServiceProcess {
    return this.services[turn % this.services.length] ?? this.services[0];
  }

  private hold(token: string): HeldToken {
    const kid = String(decodeProtectedHeader(token).kid);
    const { iat = 0, exp = 0 } = decodeJwt(token);
    const held = { token, kid, issuedAt: iat * 1000, expiresAt: exp * 1000 };
    if (!this.signers.has(kid)) this.newest = kid;
    this.signers.add(kid);
    this.held.push(held);
    return held;
  }

  private async lookAt(held: HeldToken): Promise<void> {
    await Promise.all([
      ...this.services.map(async (service) => {
        const answer = await service.get('/user/me', bearer({ access: held.token }));
        const body = await answer.text();
        this.note(held, service.url, answer.status === 200 ? null : `${answer.status} ${body}`);
      }),
      ...this.presentReaders().map(async (reader, index) => {
        this.note(held, `reader ${index}`, await refusalOf(reader, held.token));
      }),
    ]);
  }

  /** They come one after the other, so that the sets that they keep are of different ages. */
  private presentReaders(): readonly Reader[] {
    if (this.maxAgeSeconds === null) return [];
    const cacheMaxAge = this.maxAgeSeconds * 1000;
    const hasNextCome = performance.now() - this.startedAt >= (this.readers.length * cacheMaxAge) / READERS;
    if (this.readers.length < READERS && hasNextCome) {
      const jwks = new URL(`${this.at(this.readers.length).url}/auth/jwks`);
      this.readers.push(createRemoteJWKSet(jwks, { cacheMaxAge, cooldownDuration: Infinity }));
    }
    return this.readers;
  }

  private note(held: HeldToken, by: string, reason: string | null): void {
    if (reason === null) this.accepted += 1;
    // while it was looked at it may have expired
    else if (isAlive(held)) {
      this.refusals.push({ kid: held.kid, by, secondsOld: (Date.now() - held.issuedAt) / 1000, reason });
    }
  }
}

function isAlive({ expiresAt }: HeldToken): boolean {
  return Date.now() < expiresAt;
}

async function refusalOf(reader: Reader, token: string): Promise<string | null> {
  try {
    await jwtVerify(token, reader, { audience: 'latchkey' });
    return null;
  } catch (error) {
    if (error instanceof errors.JOSEError) return error.code;
    throw error;
  }
}
