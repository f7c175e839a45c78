/** `describe` for what counts processes by /proc; elsewhere it is skipped, with a loud line. */
export const describeOnLinux: jest.Describe = process.platform === 'linux' ? describe : skipLoudly();

function skipLoudly(): jest.Describe {
  process.stderr.write(
    `\n!!! SKIPPED: ${process.platform} has no /proc, so what counts processes is not tested here.\n\n`,
  );
  return describe.skip;
}
