import { ModulesContainer } from '@nestjs/core';
import type { TestApp } from '../test-app';

type Method = (...input: unknown[]) => unknown;

/** Methods by which contracts and pages call flows. */
const ENTRANCES = ['execute', 'byCode', 'byLink', 'describe', 'reset'] as const;

/** Counts how often any flow of the service is called: what a request has passed then is parsing, guards and validation. */
export class FlowWatch {
  calls = 0;

  constructor({ app }: Pick<TestApp, 'app'>) {
    const providers = [...app.get(ModulesContainer).values()].flatMap((module) => [...module.providers.values()]);
    const flows = new Set(providers.map(({ instance }) => instance).filter(isFlow));
    for (const flow of flows) this.watch(flow);
  }

  private watch(flow: Partial<Record<string, Method>>): void {
    for (const name of ENTRANCES) {
      const method = flow[name];
      if (!method) continue;
      flow[name] = (...input) => {
        this.calls += 1;
        return method.apply(flow, input);
      };
    }
  }
}

function isFlow(instance: unknown): instance is Partial<Record<string, Method>> {
  if (typeof instance !== 'object' || instance === null) return false;
  const prototype = Object.getPrototypeOf(instance) as object | null;
  return ENTRANCES.some((name) => prototype !== null && Object.hasOwn(prototype, name));
}
