import { describeOnLinux } from '../support/describe-on-linux';
import { ask, EmbeddedFolder } from '../support/embedded-folder';
import { eventually } from '../support/eventually';
import type { TypescriptProcess } from '../support/typescript-process';

const answers = async (user: TypescriptProcess): Promise<void> => {
  await expect(ask(user.find('ready'), 'SELECT 1 AS one')).resolves.toEqual([{ one: 1 }]);
};

describeOnLinux('two processes on one embedded database', () => {
  let folder: EmbeddedFolder;

  beforeEach(() => (folder = new EmbeddedFolder()));
  afterEach(() => folder.dispose());

  const nothingIsLeft = (): Promise<void> => eventually(() => expect(folder.processes()).toEqual([]));

  it('share one server when both start at once on a fresh folder', async () => {
    const users = [folder.launch(), folder.launch()];
    for (const user of users) await eventually(() => user.find('ready'));
    for (const user of users) await answers(user);
    expect(folder.processes().filter(({ command }) => command.includes('bin/postgres'))).toHaveLength(1);
  });

  for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
    for (const leaver of ['first', 'second'] as const) {
      it(`go on after the ${leaver} one left by ${signal}, and the last one to leave so stops the server`, async () => {
        const first = await folder.join();
        const second = await folder.join();
        const server = folder.postmasterPid;
        const [leaving, staying] = leaver === 'first' ? [first, second] : [second, first];

        await leaving.end(signal);
        // the leaver's watchdog is the one that could do harm: it has had its say once it is gone
        await eventually(() => expect(folder.watchdogPids()).toHaveLength(1));
        await answers(staying);
        expect(folder.postmasterPid).toBe(server);

        await staying.end(signal);
        await nothingIsLeft();
      });
    }
  }

  it('stop the server when both leave at the same moment', async () => {
    const users = [await folder.join(), await folder.join()];
    await Promise.all(users.map((user) => user.end('SIGTERM')));
    await nothingIsLeft();
  });

  it('hand over safely when one starts while the other stops the server', async () => {
    let before = await folder.join();
    for (let round = 0; round < 6; round += 1) {
      const after = folder.launch();
      await Promise.all([before.end('SIGTERM'), eventually(() => after.find('ready'))]);
      await answers(after);
      before = after;
    }
  });
});
