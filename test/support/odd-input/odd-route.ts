import type { TestApp } from '../test-app';
import type { Fields } from './field-kinds';
import type { Body } from './json-mutations';
import type { Shape } from './refusals';

/** One request that would succeed: what the service has to hold for it is there. */
export interface Aim {
  readonly body: Body;
  readonly headers?: Readonly<Record<string, string>>;
  /** Where the path has parameters or a query is needed. */
  readonly url?: string;
}

/** A route that takes bodies, and how to come by one that is valid. */
export interface OddRoute {
  /** As it is registered: `POST /auth/login`. */
  readonly route: string;
  readonly shape: Shape;
  /** What a valid body may have, each with what it may oddly be. */
  readonly fields: Fields;
  /** Whether fields that nobody knows are ignored. */
  readonly extra?: boolean;
  /** Whether what is aimed at is as good after a success: no ticket of it was spent, no session ended. */
  readonly lasts?: boolean;
  aim(service: TestApp): Promise<Aim>;
}
