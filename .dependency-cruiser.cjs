// The arrows of the architecture: machines <- core <- actors <- runtime <- examples,
// adapters -> actors/ports + core. Only runtime/cli and worker entries import adapters.
const only = (name, from, allowed) => ({
  name,
  severity: 'error',
  from: { path: from },
  to: { pathNot: allowed, dependencyTypesNot: ['core'] },
})
const local = (...folders) => `^(${folders.join('|')})/`
module.exports = {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    only('machines-import-xstate-only', '^machines/', ['^machines/', 'node_modules/xstate/']),
    only('core-imports-machines-only', '^core/', ['^core/', '^machines/', 'node_modules/xstate/']),
    {
      name: 'no-node-builtins-in-core-and-machines',
      severity: 'error',
      from: { path: '^(core|machines)/' },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'actors-do-not-know-runtime-or-adapters',
      severity: 'error',
      from: { path: '^actors/' },
      to: { path: local('runtime', 'adapters', 'examples', 'test') },
    },
    {
      name: 'adapters-implement-ports',
      severity: 'error',
      from: { path: '^adapters/' },
      to: { path: local('runtime', 'examples', 'test', 'actors'), pathNot: '^actors/ports\\.ts$' },
    },
    {
      name: 'only-cli-and-workers-import-adapters',
      severity: 'error',
      from: { path: '^runtime/', pathNot: '^runtime/(cli/|.*\\.worker\\.ts$)' },
      to: { path: local('adapters', 'examples', 'test') },
    },
    {
      name: 'source-does-not-import-tests',
      severity: 'error',
      from: { path: local('machines', 'core', 'actors', 'runtime', 'adapters', 'examples') },
      to: { path: '^test/' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { conditionNames: ['source', 'types', 'import', 'default'] },
  },
}
