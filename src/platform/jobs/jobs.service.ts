import { Injectable, Logger, type OnModuleDestroy } from '@nestjs/common';
import { SchedulerRegistry } from '@nestjs/schedule';
import type { Job } from './job';
import { JobLock } from './job-lock';

/** The first run comes soon, so that a process that is restarted often gets to its rare jobs too. */
const FIRST_RUN_SECONDS = 60;

/** Regular work: purges, rotation. One process at a time, never overlapping itself, failures logged and tried again. */
@Injectable()
export class Jobs implements OnModuleDestroy {
  private readonly logger = new Logger(Jobs.name);
  private readonly jobs = new Map<string, Job>();
  private readonly running = new Map<string, Promise<void>>();
  private readonly ending = new AbortController();

  constructor(
    private readonly scheduler: SchedulerRegistry,
    private readonly lock: JobLock,
  ) {}

  /** Runs `job` every so many seconds from now on; the first time within a minute. */
  register(job: Job): void {
    if (this.jobs.has(job.name)) throw new Error(`There are two jobs named ${job.name}.`);
    this.jobs.set(job.name, job);
    const tick = (): void => void this.runScheduled(job);
    this.scheduler.addInterval(job.name, setInterval(tick, job.everySeconds * 1000).unref());
    if (job.everySeconds > FIRST_RUN_SECONDS) {
      this.scheduler.addTimeout(job.name, setTimeout(tick, FIRST_RUN_SECONDS * 1000).unref());
    }
  }

  /** Runs a job now, after a run under way in this process; its failure is thrown. */
  async runNow(name: string): Promise<void> {
    const job = this.jobs.get(name);
    if (!job) throw new Error(`There is no job named ${name}.`);
    for (let current = this.running.get(name); current; current = this.running.get(name)) {
      await Promise.allSettled([current]);
    }
    await this.start(job);
  }

  /** No run begins any more, and the ones under way are told and awaited. */
  async onModuleDestroy(): Promise<void> {
    this.ending.abort();
    for (const name of this.jobs.keys()) {
      if (this.scheduler.doesExist('interval', name)) this.scheduler.deleteInterval(name);
      if (this.scheduler.doesExist('timeout', name)) this.scheduler.deleteTimeout(name);
    }
    await Promise.allSettled(this.running.values());
  }

  private async runScheduled(job: Job): Promise<void> {
    if (this.ending.signal.aborted || this.running.has(job.name)) return;
    try {
      await this.start(job);
    } catch (error) {
      this.logger.error({ err: error }, `the job ${job.name} failed`);
    }
  }

  private async start(job: Job): Promise<void> {
    const run = this.lock
      .tryRun(job.name, () => job.run(this.ending.signal))
      .then((hasRun) => {
        if (!hasRun) this.logger.debug(`the job ${job.name} runs in another process`);
      });
    this.running.set(job.name, run);
    try {
      await run;
    } finally {
      this.running.delete(job.name);
    }
  }
}
