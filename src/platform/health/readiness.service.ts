import { Injectable, Logger } from '@nestjs/common';
import { errorForLog } from '../logging/error-for-log';

/** Resolves when a dependency answers, rejects when it does not. */
export type ReadinessCheck = () => Promise<void>;

export interface ReadinessReport {
  /** Whether everything answers that requests cannot be served without. */
  readonly isReady: boolean;
  /** By dependency: whether it answered. Why not is the log's to tell, not a stranger's to read. */
  readonly dependencies: Readonly<Record<string, boolean>>;
}

/** A probe that waits longer than the balancer does says nothing. */
const CHECK_TIMEOUT_MS = 2000;

/** Whether everything this process depends on answers. Rooms register what they need. */
@Injectable()
export class Readiness {
  private readonly logger = new Logger(Readiness.name);
  private readonly checks = new Map<string, ReadinessCheck>();
  private readonly dispensable = new Set<string>();
  private readonly failing = new Set<string>();
  private underWay: Promise<ReadinessReport> | null = null;

  /** What is not vital is told of, and no reason for a balancer to turn people away. */
  register(dependency: string, check: ReadinessCheck, { isVital = true }: { readonly isVital?: boolean } = {}): void {
    this.checks.set(dependency, check);
    if (!isVital) this.dispensable.add(dependency);
  }

  /** Asks all dependencies at once. However many ask at the same time, each dependency is asked once. */
  report(): Promise<ReadinessReport> {
    this.underWay ??= this.ask().finally(() => {
      this.underWay = null;
    });
    return this.underWay;
  }

  private async ask(): Promise<ReadinessReport> {
    const names = [...this.checks.keys()];
    const answers = await Promise.all([...this.checks].map(([name, check]) => this.answers(name, check)));
    return {
      isReady: names.every((name, index) => answers[index] === true || this.dispensable.has(name)),
      dependencies: Object.fromEntries(names.map((name, index) => [name, answers[index] === true])),
    };
  }

  private async answers(name: string, check: ReadinessCheck): Promise<boolean> {
    let timer: NodeJS.Timeout | undefined;
    const timeout = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => {
        reject(new Error(`no answer within ${CHECK_TIMEOUT_MS} ms`));
      }, CHECK_TIMEOUT_MS);
    });
    try {
      await Promise.race([check(), timeout]);
      this.failing.delete(name);
      return true;
    } catch (error) {
      // one line an outage, not one a probe
      if (!this.failing.has(name)) this.logger.warn({ dependency: name, failure: errorForLog(error) }, 'not ready');
      this.failing.add(name);
      return false;
    } finally {
      clearTimeout(timer);
    }
  }
}
