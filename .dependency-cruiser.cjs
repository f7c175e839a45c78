// The house (docs/architecture.md): imports go down only, and rooms of the core see each other only as drawn here.
// test/tooling/floors.self-test.mjs plants a breach of every rule and expects it to be reported.

const floors = {
  kernel: [],
  config: ['kernel'],
  database: ['kernel', 'config'],
  platform: ['kernel', 'config', 'database'],
  core: ['kernel', 'config', 'database', 'platform'],
  http: ['kernel', 'config', 'database', 'platform', 'core'],
  contracts: ['kernel', 'config', 'database', 'platform', 'core', 'http'],
  pages: ['kernel', 'config', 'database', 'platform', 'core', 'http'],
};

const coreRooms = {
  user: [],
  ticket: [],
  mail: [],
  audit: [],
  credential: [],
  storage: [],
  session: ['user'],
  lockout: ['user', 'ticket', 'mail', 'audit'],
  mfa: ['user', 'ticket', 'lockout', 'audit'],
};
// it tells the stories, so it may see every room
const roomOfFlows = 'auth';

/** A contract that only the tests know: held to what those under src are held to, so that it proves what it is there for. */
const sixthContract = 'test/support/sixth-contract';

/** Specs stand beside what they test, and may reach for anything. */
const specs = '[.-]spec[.]ts$';

const httpPackages = [
  'fastify',
  '@fastify/[^/]+',
  'class-validator',
  'class-transformer',
  '@nestjs/(swagger|passport|throttler|platform-[^/]+)',
  'passport[^/]*',
  'swagger-ui-dist',
].join('|');

function oneOf(names) {
  return `(${names.join('|')})`;
}

/** A folder may import itself and what is allowed; the rest of `parent`, files beside the folders too, is out of reach. */
function onlyInto(name, parent, folder, allowed, comment) {
  return {
    name,
    comment,
    severity: 'error',
    from: { path: `^${parent}/${folder}/`, pathNot: specs },
    to: { path: `^${parent}/(?!${oneOf([folder, ...allowed])}/)` },
  };
}

const floorRules = Object.entries(floors).map(([floor, below]) =>
  onlyInto(`floor-${floor}`, 'src', floor, below, `${floor} may import ${below.join(', ') || 'nothing but itself'}.`),
);

const roomRules = Object.entries(coreRooms).map(([room, seen]) =>
  onlyInto(`room-${room}`, 'src/core', room, seen, `core/${room} may see ${seen.join(', ') || 'no other room'}.`),
);

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    ...floorRules,
    ...roomRules,
    {
      name: 'room-not-drawn',
      comment: 'A new room of the core first needs its line in coreRooms, and in docs/architecture.md.',
      severity: 'error',
      from: { path: `^src/core/(?!${oneOf([...Object.keys(coreRooms), roomOfFlows])}/)`, pathNot: specs },
      to: { path: '^src/core/' },
    },
    {
      name: 'floor-not-drawn',
      comment: 'A new folder under src first needs its line in floors. cli holds programs: they start the house.',
      severity: 'error',
      from: { path: `^src/(?!${oneOf([...Object.keys(floors), 'cli'])}/)[^/]+/`, pathNot: specs },
      to: { path: '^src/' },
    },
    {
      name: 'contracts-apart',
      comment: 'Contracts never see each other: what two of them need belongs into http or core.',
      severity: 'error',
      from: { path: '^src/contracts/([^/]+)/', pathNot: specs },
      to: { path: '^src/contracts/(?!$1/)' },
    },
    {
      name: 'sixth-contract',
      comment: 'What a contract may import, the one of the tests may, and nothing else: not the tests either.',
      severity: 'error',
      from: { path: `^${sixthContract}/` },
      to: { path: [`^src/(?!${oneOf(floors.contracts)}/)`, `^(?!${sixthContract}/)(test|bench)/`] },
    },
    {
      name: 'programs-are-not-imported',
      comment: 'What starts the house is not part of it.',
      severity: 'error',
      from: { path: '^src/', pathNot: specs },
      to: { path: '^src/(main[.]ts$|cli/[^/]+$)' },
    },
    {
      name: 'kernel-without-packages',
      comment: 'The kernel is plain TypeScript.',
      severity: 'error',
      from: { path: '^src/kernel/', pathNot: specs },
      to: { path: 'node_modules/' },
    },
    {
      name: 'core-without-http',
      comment: 'The core knows no HTTP, no validation of syntax and no OpenAPI.',
      severity: 'error',
      from: { path: '^src/core/', pathNot: specs },
      to: { path: `node_modules/(${httpPackages})/` },
    },
    {
      name: 'service-without-tests',
      comment: 'Tests know the service, never the other way round.',
      severity: 'error',
      from: { path: '^(src/|ormconfig[.]ts$)', pathNot: specs },
      to: { path: `(^(test|bench)/|${specs})` },
    },
    {
      name: 'service-without-development-packages',
      comment: 'What the service runs with stands under dependencies.',
      severity: 'error',
      from: { path: `^(src|${sixthContract})/`, pathNot: specs },
      to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'] },
    },
    {
      name: 'no-barrel',
      comment: 'Import from the file that has it.',
      severity: 'error',
      from: {},
      to: { path: '(^|/)index[.]ts$', pathNot: 'node_modules/' },
    },
    {
      name: 'no-cycle',
      comment: 'Two files that need each other are one, or hide a third. Types count.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'no-orphan',
      comment:
        'Nobody imports it and it imports nobody. Programs that run as a process or thread of their own are named so.',
      severity: 'error',
      from: {
        orphan: true,
        path: '^src/',
        pathNot: [specs, '^src/main[.]ts$', '^src/cli/', '-(program|worker)[.]js$', '[.]d[.]ts$'],
      },
      to: {},
    },
    {
      name: 'resolvable',
      comment: 'The file or package is not there.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['require', 'node', 'default'],
      extensions: ['.ts', '.js', '.mjs', '.cjs', '.json'],
    },
  },
};
