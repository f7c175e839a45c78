import { Logger } from '@nestjs/common';
import { SchedulerRegistry } from '@nestjs/schedule';
import { eventually } from '../../../test/support/eventually';
import { createTestDatabase, type TestDatabase } from '../../../test/support/test-database';
import { statement } from '../../database/database.service';
import { JobLock } from './job-lock';
import { Jobs } from './jobs.service';

function until(what: string, condition: () => boolean | Promise<boolean>): Promise<void> {
  return eventually(async () => {
    if (!(await condition())) throw new Error(`not yet: ${what}`);
  });
}

// failures are provoked here, and their log lines are not the subject
Logger.overrideLogger(false);

let test: TestDatabase;
let started: Jobs[];

beforeEach(async () => {
  test = await createTestDatabase();
  started = [];
});

afterEach(async () => {
  await Promise.all(started.map((jobs) => jobs.onModuleDestroy()));
  await test.drop();
});

/** The jobs of one more process. */
function startJobs(): Jobs {
  const jobs = new Jobs(new SchedulerRegistry(), new JobLock(test.dataSource));
  started.push(jobs);
  return jobs;
}

/** Work that lasts until it is let go. */
function heldWork() {
  let letGo: () => void = () => undefined;
  const gate = new Promise<void>((resolve) => (letGo = resolve));
  const work = { runs: 0, atOnce: 0, mostAtOnce: 0, letGo };
  const run = async (): Promise<void> => {
    work.runs += 1;
    work.atOnce += 1;
    work.mostAtOnce = Math.max(work.mostAtOnce, work.atOnce);
    await gate;
    work.atOnce -= 1;
  };
  return { work, run };
}

it('run on their interval', async () => {
  let runs = 0;
  startJobs().register({ name: 'purge', everySeconds: 0.05, run: async () => void (runs += 1) });
  await until('it ran twice', () => runs >= 2);
});

it('run in one process at a time', async () => {
  const { work, run } = heldWork();
  const [first, second] = [startJobs(), startJobs()];
  for (const jobs of [first, second]) jobs.register({ name: 'purge', everySeconds: 3600, run });
  const running = first.runNow('purge');
  await until('the first is at it', () => work.runs === 1);
  await second.runNow('purge');
  expect(work.runs).toBe(1);
  work.letGo();
  await running;
  await second.runNow('purge');
  expect(work.runs).toBe(2);
});

it('do not wait for jobs of other names', async () => {
  const { work, run } = heldWork();
  let others = 0;
  const jobs = startJobs();
  jobs.register({ name: 'slow', everySeconds: 3600, run });
  jobs.register({ name: 'quick', everySeconds: 3600, run: async () => void (others += 1) });
  const slow = jobs.runNow('slow');
  await until('the slow one is at it', () => work.runs === 1);
  await jobs.runNow('quick');
  expect(others).toBe(1);
  work.letGo();
  await slow;
});

it('never overlap themselves', async () => {
  const { work, run } = heldWork();
  const jobs = startJobs();
  let looks = 0;
  jobs.register({ name: 'purge', everySeconds: 0.02, run });
  jobs.register({ name: 'look', everySeconds: 0.02, run: async () => void (looks += 1) });
  await until('the slow one is at it while the other runs often', () => work.runs === 1 && looks > 5);
  expect(work.mostAtOnce).toBe(1);
  work.letGo();
});

it('that fail are run again, and their lock is free', async () => {
  let runs = 0;
  const jobs = startJobs();
  jobs.register({
    name: 'purge',
    everySeconds: 0.05,
    run: async () => {
      runs += 1;
      throw new Error('not this time');
    },
  });
  await until('it was tried again', () => runs >= 2);
  await expect(jobs.runNow('purge')).rejects.toThrow('not this time');
});

it('hold no connection of the pool and leave none open', async () => {
  const jobs = startJobs();
  let during = 0;
  const countLocks = async (): Promise<number> => {
    const { rows } = await statement(
      test.database.pool,
      `SELECT 1 FROM pg_stat_activity
       WHERE datname = current_database() AND application_name = 'latchkey job' AND state = 'idle'`,
    );
    return rows.length;
  };
  jobs.register({ name: 'purge', everySeconds: 3600, run: async () => void (during = await countLocks()) });
  await jobs.runNow('purge');
  expect(during).toBe(1);
  await until('its connection is closed', async () => (await countLocks()) === 0);
});

it('end before the process does: the one under way is awaited, none begins', async () => {
  const { work, run } = heldWork();
  const jobs = startJobs();
  jobs.register({ name: 'purge', everySeconds: 0.02, run });
  await until('it is at it', () => work.runs === 1);
  let hasStopped = false;
  const stopping = jobs.onModuleDestroy().then(() => (hasStopped = true));
  await statement(test.database.pool, 'SELECT 1');
  expect(hasStopped).toBe(false);
  work.letGo();
  await stopping;
  expect(work).toMatchObject({ runs: 1, atOnce: 0 });
});

it('are told when the process ends, so that it need not wait for long ones', async () => {
  const jobs = startJobs();
  let begun = false;
  jobs.register({
    name: 'purge',
    everySeconds: 0.02,
    run: (ending) => {
      begun = true;
      return new Promise((resolve) => {
        ending.addEventListener('abort', () => {
          resolve();
        });
      });
    },
  });
  await until('it is at it', () => begun);
  await jobs.onModuleDestroy();
});

it('have names of their own', () => {
  const jobs = startJobs();
  const job = { name: 'purge', everySeconds: 60, run: async () => undefined };
  jobs.register(job);
  expect(() => jobs.register(job)).toThrow('two jobs named purge');
});
