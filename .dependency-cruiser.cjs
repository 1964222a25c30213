// The arrows of the architecture: machines <- core <- actors <- runtime <- examples,
// adapters -> actors/ports + core. Only runtime/cli and worker entries import adapters.
// `index.ts`, the face of the root package, is above all layers and below nothing but examples.
const only = (name, from, allowed) => ({
  name,
  severity: 'error',
  from: { path: from },
  to: { pathNot: allowed, dependencyTypesNot: ['core'] },
})
const local = (...folders) => `^(${folders.join('|')})/`
const never = (name, from, to) => ({ name, severity: 'error', from, to })
// A path ends at its package: `xstate/` must not let `xstate-other/` through.
const xstate = '(^|/)node_modules/xstate/'

module.exports = {
  forbidden: [
    never('no-cycles', {}, { circular: true }),
    only('machines-import-xstate-only', '^machines/', ['^machines/', xstate]),
    only('core-imports-machines-only', '^core/', ['^core/', '^machines/', xstate]),
    never(
      'core-takes-types-only-from-xstate',
      { path: '^core/' },
      { path: xstate, dependencyTypesNot: ['type-only'] },
    ),
    never(
      'no-node-builtins-in-core-and-machines',
      { path: '^(core|machines)/' },
      { dependencyTypes: ['core'] },
    ),
    never(
      'risk-does-not-know-execution-control',
      { path: '^core/risk/' },
      { path: '^core/execution-control/' },
    ),
    never(
      'execution-control-does-not-know-risk',
      { path: '^core/execution-control/' },
      { path: '^core/risk/' },
    ),
    never(
      'actors-do-not-know-runtime-or-adapters',
      { path: '^actors/' },
      { path: local('runtime', 'adapters', 'examples') },
    ),
    never(
      'adapters-implement-ports',
      { path: '^adapters/' },
      {
        path: local('runtime', 'examples', 'actors'),
        pathNot: '^actors/(ports|feedback-record|record-outbox)\\.ts$',
      },
    ),
    never(
      'only-cli-and-workers-import-adapters',
      { path: '^runtime/', pathNot: '^runtime/(cli/|.*\\.worker\\.ts$)' },
      { path: local('adapters') },
    ),
    never(
      'examples-are-a-leaf',
      { path: `${local('machines', 'core', 'actors', 'runtime', 'adapters')}|^index\\.ts$` },
      { path: local('examples') },
    ),
    never(
      'the-inside-does-not-know-the-face',
      { path: local('machines', 'core', 'actors', 'runtime', 'adapters') },
      { path: '^index\\.ts$' },
    ),
    never(
      'source-does-not-import-tests-or-scripts',
      { path: local('machines', 'core', 'actors', 'runtime', 'adapters', 'examples') },
      { path: local('test', 'scripts') },
    ),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)dist/|^(docs|coverage|runs|\\.cache)/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { conditionNames: ['source', 'types', 'import', 'default'] },
  },
}
