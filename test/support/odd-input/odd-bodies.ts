import * as fc from 'fast-check';
import type { InjectOptions, Response } from 'light-my-request';
import type { TestApp } from '../test-app';
import { answered } from './answered';
import { FlowWatch } from './flow-watch';
import { fairForm, foulForm, sweepForm } from './form-mutations';
import { fairJson, foulJson, sweep, type Mutation } from './json-mutations';
import type { Payload } from './json-spellings';
import type { Aim, OddRoute } from './odd-route';
import { refusalIn, type Shape } from './refusals';

const LEAST_SHARE = 0.3;
/** One of `npm test`, to be set where a failure is to be had again. */
const SEED = process.env['ODD_INPUT_SEED'];

/** Sends mutated bodies to one route and looks at every answer. */
export class OddBodies {
  private aim: Aim | null = null;
  private sent = 0;
  private reached = 0;

  constructor(
    private readonly service: TestApp,
    private readonly watch: FlowWatch,
    private readonly route: OddRoute,
  ) {}

  /** The worst in each field, and then `count` bodies: by turns one that is odd and should reach the flow, and one that is anything. */
  async run(count: number): Promise<void> {
    const { fields, shape, extra = false } = this.route;
    const [fair, foul] =
      shape === 'page' ? [fairForm(fields), foulForm()] : [fairJson(fields, { extra }), foulJson(fields)];
    for (const mutation of shape === 'page' ? sweepForm(fields) : sweep(fields)) await this.send(mutation);
    [this.sent, this.reached] = [0, 0];
    const both = fc.asyncProperty(fair, foul, async (...mutations) => {
      for (const mutation of mutations) await this.send(mutation);
    });
    await fc.assert(both, { numRuns: Math.ceil(count / 2), ...(SEED === undefined ? {} : { seed: Number(SEED) }) });
    if (this.reached < this.sent * LEAST_SHARE) {
      throw new Error(`${this.route.route}: ${String(this.reached)} of ${String(this.sent)} bodies reached a flow`);
    }
  }

  private async send(mutation: Mutation): Promise<void> {
    this.aim ??= await this.route.aim(this.service);
    const payload = mutation(this.aim.body);
    const before = this.watch.calls;
    const request = this.requestOf(this.aim, payload);
    const answer = await answered(this.service, request);
    this.sent += 1;
    if (this.watch.calls > before) this.reached += 1;
    this.judge(answer, payload);
  }

  private requestOf({ headers = {}, url }: Aim, { bytes, type }: Payload): InjectOptions {
    const [method = '', path = ''] = this.route.route.split(' ');
    const typed = type === null ? {} : { 'content-type': type };
    return { method: method as 'POST', url: url ?? path, headers: { ...headers, ...typed }, payload: bytes };
  }

  private judge(answer: Response, payload: Payload): void {
    let code: string | undefined;
    try {
      code = refusalIn(answer, this.shapeFor(payload, answer))?.code;
    } catch (error) {
      const { statusCode, body } = answer;
      const text = `${this.told(payload)} was answered ${String(statusCode)} ${body.slice(0, 500)}`;
      throw new Error(text, { cause: error });
    }
    if (this.isOver(code)) this.aim = null;
  }

  /** It is spent or locked, or its session has ended: another one gets further. */
  private isOver(code: string | undefined): boolean {
    if (code === undefined) return this.route.lasts !== true;
    const { shape } = this.route;
    return code === 'locked' || (shape !== 'page' && ['invalid-token', 'session-ended'].includes(code));
  }

  /** At the paths that two contracts share, what was sent decides whose the answer is. */
  private shapeFor({ bytes }: Payload, answer: Response): Shape {
    const isShared = this.route.route === 'POST /auth/register' || this.route.route === 'POST /auth/login';
    if (!isShared) return this.route.shape;
    const isUnread = [413, 415].includes(answer.statusCode) || answer.body.includes('"malformed-body"');
    return !isUnread && hasSealedPassword(bytes) ? 'sealed' : 'native';
  }

  private told({ bytes, type }: Payload): string {
    return `${this.route.route} ${String(type)} ${JSON.stringify(bytes.toString().slice(0, 2000))}`;
  }
}

function hasSealedPassword(bytes: Buffer | string): boolean {
  try {
    const body: unknown = JSON.parse(bytes.toString().replace(/^\ufeff/, ''));
    return typeof body === 'object' && body !== null && ('encryptedPassword' in body || 'keyID' in body);
  } catch {
    return false;
  }
}
