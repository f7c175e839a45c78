// Every suite loads the whole service anew, some three thousand files. What V8 made of each is kept for as long as this
// worker runs, so that only its first suite waits for all of them to be compiled.
const vm = require('node:vm');
const { TestEnvironment } = require('jest-environment-node');

const { compileFunction } = vm;
const compiled = new Map();

vm.compileFunction = (source, parameters, options) => {
  const cachedData = compiled.get(source);
  if (cachedData) return compileFunction(source, parameters, { ...options, cachedData });
  const made = compileFunction(source, parameters, { ...options, produceCachedData: true });
  compiled.set(source, made.cachedData);
  return made;
};

module.exports = TestEnvironment;
