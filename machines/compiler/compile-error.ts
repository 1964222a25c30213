/** What a reader can do instead, by the first word of the refused feature. */
const remedies: Readonly<Record<string, string>> = {
  parallel: 'write one machine for each region and let the caller feed both',
  history: 'name the state to return to in a signal of its own',
  after: 'let the caller watch the time and send a signal when it is due',
  invoke: 'do the work in the runtime and send its outcome as a signal',
  custom: 'return the decision as a state and act on it in the caller',
  guard: 'provide it in setup({ guards })',
  raise: 'use an always transition, or let the caller send the second signal',
  emit: 'let the caller compare the state before and after',
  output: 'read the context of the instance when its state is terminal',
  several: 'target one state; only parallel machines need more',
  endless: 'guard one of the transitions so that the machine comes to rest',
}

/**
 * Says which part of a machine has no compiled form, and where it stands. The feature is
 * named as the machine's author wrote it (`after`, `invoke`, `custom action "log"`), the
 * state by its dotted path, `(root)` for the machine itself.
 */
export class CompileError extends Error {
  /** The same for every refusal. */
  readonly code = 'ESC_COMPILE_UNSUPPORTED'
  /** Id of the machine. */
  readonly machine: string
  /** Dotted path of the state, or `(root)`. */
  readonly state: string
  /** What has no compiled form, as its author wrote it. */
  readonly feature: string

  constructor(machine: string, state: string, feature: string) {
    const remedy = remedies[feature.split(' ', 1)[0] ?? '']
    super(
      `Machine "${machine}" cannot be compiled: state "${state}" uses ${feature}.` +
        (remedy === undefined ? '' : ` Instead, ${remedy}.`),
    )
    this.name = 'CompileError'
    this.machine = machine
    this.state = state
    this.feature = feature
  }
}
