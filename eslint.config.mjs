import comments from '@eslint-community/eslint-plugin-eslint-comments/configs';
import js from '@eslint/js';
import { defineConfig, globalIgnores } from 'eslint/config';
import globals from 'globals';
import tseslint from 'typescript-eslint';

// only the tests know it, but it is written as what stands under src/contracts
const sixthContract = 'test/support/sixth-contract/**/*.ts';
const tests = ['src/**/*.{spec,db-spec}.ts', 'test/**/*.ts'];
const business = ['src/core/**/*.ts', 'src/contracts/**/*.ts', 'src/pages/**/*.ts', sixthContract];

// no-restricted-syntax and no-restricted-imports are replaced, not added to, by a later block: each is put together here.
const noEnum = {
  selector: 'TSEnumDeclaration',
  message: 'Use a union of literals or an `as const` object.',
};
const noDefaultExport = {
  selector: 'ExportDefaultDeclaration',
  message: 'Export by name, so that a thing is called the same everywhere.',
};
const noBarrel = {
  selector: 'ExportAllDeclaration',
  message: 'No barrel files: import from the file that has it.',
};
const noEnvironment = [
  {
    selector: "MemberExpression[object.name='process']:matches([property.name='env'], [property.value='env'])",
    message: 'Only src/config/read-environment.ts reads the environment: inject Settings.',
  },
  {
    selector: "VariableDeclarator[init.name='process'] > ObjectPattern > Property[key.name='env']",
    message: 'Only src/config/read-environment.ts reads the environment: inject Settings.',
  },
];
const fewDependencies = {
  selector: "MethodDefinition[kind='constructor'] > FunctionExpression[params.length>6]",
  message: 'A class has at most 6 dependencies: where is the seam?',
};
const oneClassAFile = {
  selector:
    'ExportNamedDeclaration[declaration.type="ClassDeclaration"] ~ ExportNamedDeclaration[declaration.type="ClassDeclaration"]:not([declaration.superClass.name=/(Error|Fault)$/])',
  message: 'One exported class a file, named as the file.',
};
const noMachineTime = [
  {
    selector: "CallExpression[callee.object.name='Date'][callee.property.name='now']",
    message: 'Several processes must agree on the time: inject Clock.',
  },
  {
    selector: "NewExpression[callee.name='Date'][arguments.length=0]",
    message: 'Several processes must agree on the time: inject Clock.',
  },
];
const noWeakRandom = {
  selector: "CallExpression[callee.object.name='Math'][callee.property.name='random']",
  message: 'Math.random can be predicted: use src/platform/crypto/random.ts.',
};

const everywhere = [noEnum, noDefaultExport, noBarrel];
const inService = [...everywhere, ...noEnvironment, fewDependencies, oneClassAFile, noWeakRandom];

const noForwardRef = {
  name: '@nestjs/common',
  importNames: ['forwardRef'],
  message: 'Two modules that need each other hide a third: no forwardRef.',
};
const noProcessImport = {
  name: 'node:process',
  importNames: ['env'],
  message: 'Only src/config/read-environment.ts reads the environment: inject Settings.',
};
const noDeepNest = {
  regex: '^@nestjs/[^/]+/.+',
  message: 'Deep imports of @nestjs packages are private to them, and break with Nest 12.',
};

/** What an HTTP answer is made of has no place in the core: it throws AppError, and contracts decide what that becomes. */
const coreKnowsNoHttp = {
  paths: [
    noProcessImport,
    {
      name: '@nestjs/common',
      allowImportNames: [
        'Global',
        'Inject',
        'Injectable',
        'Module',
        'Optional',
        'Logger',
        'DynamicModule',
        'ModuleMetadata',
        'Provider',
        'Type',
        'BeforeApplicationShutdown',
        'OnApplicationBootstrap',
        'OnApplicationShutdown',
        'OnModuleDestroy',
        'OnModuleInit',
      ],
      message: 'The core knows no HTTP: throw AppError with a code of the catalogue; decorators of HTTP stay above.',
    },
  ],
  patterns: [
    noDeepNest,
    {
      regex:
        '^(fastify|@fastify/.+|class-validator|class-transformer|@nestjs/(swagger|platform-.+|throttler|passport)|passport.*|swagger-ui-dist)(/|$)',
      message: 'The core knows no HTTP, no validation of syntax and no OpenAPI: that is for the floors above.',
    },
  ],
};

export default defineConfig(
  globalIgnores(['dist/', 'data/', 'coverage/', 'node_modules/']),
  js.configs.recommended,
  comments.recommended,
  {
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      'max-lines': ['error', { max: 250, skipBlankLines: true, skipComments: true }],
      'max-lines-per-function': ['error', { max: 50, skipBlankLines: true, skipComments: true, IIFEs: true }],
      complexity: ['error', 10],
      eqeqeq: 'error',
      'no-console': 'error',
      'object-shorthand': 'error',
      'prefer-template': 'error',
      'no-restricted-syntax': ['error', ...everywhere],
      // whoever silences a rule says why
      '@eslint-community/eslint-comments/require-description': ['error', { ignore: ['eslint-enable'] }],
      '@eslint-community/eslint-comments/no-unused-disable': 'error',
    },
  },
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      // a module class is its decorator
      '@typescript-eslint/no-extraneous-class': ['error', { allowWithDecorator: true }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/no-unused-vars': ['error', { varsIgnorePattern: '^_', argsIgnorePattern: '^_' }],
      // an async method without await is how a port's method rejects instead of throwing
      '@typescript-eslint/require-await': 'off',
      // abstract classes stand for interfaces here, because injection needs a value as its token
      '@typescript-eslint/no-unsafe-class-instance-assignment': 'off',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/ban-ts-comment': [
        'error',
        {
          'ts-expect-error': 'allow-with-description',
          'ts-ignore': true,
          'ts-nocheck': true,
          minimumDescriptionLength: 10,
        },
      ],
      '@typescript-eslint/no-restricted-imports': ['error', { paths: [noForwardRef], patterns: [noDeepNest] }],
    },
  },
  {
    files: ['src/**/*.ts', sixthContract],
    rules: {
      'no-restricted-syntax': ['error', ...inService],
      '@typescript-eslint/no-restricted-imports': [
        'error',
        { paths: [noForwardRef, noProcessImport], patterns: [noDeepNest] },
      ],
    },
  },
  { files: business, rules: { 'no-restricted-syntax': ['error', ...inService, ...noMachineTime] } },
  { files: ['src/core/**/*.ts'], rules: { '@typescript-eslint/no-restricted-imports': ['error', coreKnowsNoHttp] } },
  { files: ['src/config/read-environment.ts'], rules: { 'no-restricted-syntax': ['error', ...everywhere] } },
  {
    // a process of its own that people call: it talks to them by the console
    files: ['src/cli/**/*.ts', 'src/main.ts', 'bench/**', 'examples/**', 'scripts/**', 'test/tooling/**'],
    rules: { 'no-console': 'off' },
  },
  {
    files: tests,
    ignores: [sixthContract],
    rules: {
      'max-lines-per-function': 'off',
      'no-restricted-syntax': ['error', ...everywhere],
      '@typescript-eslint/no-restricted-imports': 'off',
      // answers and rows are looked at as they came
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/unbound-method': 'off',
    },
  },
  {
    // tools call these by their default export
    files: ['ormconfig.ts', 'eslint.config.mjs', 'test/support/global-*.ts'],
    rules: { 'no-restricted-syntax': ['error', noEnum, noBarrel] },
  },
  {
    files: ['**/*.{js,cjs}'],
    languageOptions: { sourceType: 'commonjs', globals: globals.node },
  },
  { files: ['**/*.mjs'], ignores: ['src/pages/browser/**'], languageOptions: { globals: globals.node } },
  { files: ['src/pages/browser/**'], languageOptions: { globals: globals.browser } },
);
