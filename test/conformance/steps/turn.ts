import {
  type Allowed,
  admitStage,
  CodedError,
  Core,
  type CoreConfiguration,
  type CoreEvent,
  type Dispatch,
  defineStrategy,
  type Intent,
  needsExecutionControl,
  type OrderKey,
  type PendingCommand,
  releaseStage,
  State,
  type StepBaton,
  type StepResult,
  type StrategyInstance,
} from '@escapement/core'

/** What the scripted strategy says at the decision in progress; null keeps it silent. */
type Script = () => readonly { readonly intent: Intent; readonly ref: string }[]

/** A decision in the corpus' terms: Intents by their reference names. */
export type Decision = {
  readonly result: StepResult
  readonly rejected: readonly (readonly [ref: string, reason: string])[]
  readonly dispatched: readonly { readonly ref: string; readonly dispatch: Dispatch }[]
  /** NEW Intents whose key was used before. */
  readonly duplicates: readonly string[]
}

/**
 * The real Core with a scripted strategy. A step of the corpus may be several Events of ours and
 * one decision: all but the last are reduced alone (`begin`, `commit`), the last runs all stages of
 * the public composition (`begin`, `admitStage`, `releaseStage`, `commit`), as `step` does.
 */
export class Turn {
  core: Core
  readonly #configuration: CoreConfiguration
  /** Reference names of queued commands by their admission sequence. */
  readonly #refs = new Map<number, string>()
  #script: Script | null = null
  #said: ReturnType<Script> = []

  constructor(configuration: CoreConfiguration) {
    this.#configuration = configuration
    this.core = new Core(configuration, [this.#strategy()])
  }

  get state(): State {
    return this.core.state
  }

  /** Reduces one Event; nothing is decided. */
  reduce(event: CoreEvent): void {
    const position = this.state.control.nextPosition
    this.core.validate(position, event)
    this.core.commit(this.core.begin(position, event))
  }

  /** Reduces one Event and decides. */
  decide(event: CoreEvent, script: Script): Decision {
    const position = this.state.control.nextPosition
    this.core.validate(position, event)
    this.#script = script
    this.#said = []
    const baton = this.core.begin(position, event)
    this.#script = null
    return this.#finish(baton)
  }

  #finish(baton: StepBaton): Decision {
    const first = this.state.execution.work.nextSequence
    if (needsExecutionControl(baton)) {
      admitStage(baton)
      this.#nameCommands(baton, first)
      releaseStage(baton)
    }
    const result = this.core.commit(baton)
    return {
      result,
      rejected: this.#rejected(baton, result),
      dispatched: result.dispatches.map((dispatch) => {
        return { ref: this.#refs.get(dispatch.sequence)!, dispatch }
      }),
      duplicates: this.#duplicates(result),
    }
  }

  save(): Uint8Array {
    return this.state.serialise()
  }

  load(bytes: Uint8Array): void {
    this.core = this.#coreAt(this.#configuration, bytes)
  }

  /**
   * Decides with the reference's verdicts: the script holds what they allowed, and Risk is left
   * out. Only a test can do so, by a cast.
   */
  decideWithout(event: CoreEvent, script: Script): Decision {
    const position = this.state.control.nextPosition
    this.core.validate(position, event)
    const baton = this.core.begin(position, event)
    this.#said = script()
    const allowed = this.#said.map(({ intent }) => intent as Allowed)
    baton.decided = { ...baton.decided, asked: true, allowed }
    return this.#finish(baton)
  }

  #coreAt(configuration: CoreConfiguration, bytes: Uint8Array): Core {
    return new Core(configuration, [this.#strategy()], State.restore(configuration, bytes))
  }

  /** Whether the Core takes `event`, on a copy of its State; the State itself stays as it is. */
  wouldTake(event: CoreEvent): boolean {
    const core = this.#coreAt(this.#configuration, this.save())
    try {
      core.step(core.state.control.nextPosition, event)
      return true
    } catch (cause) {
      return refusedField(cause) === null && rethrow(cause)
    }
  }

  refOf(command: PendingCommand): string {
    return this.#refs.get(command.sequence)!
  }

  #strategy(): StrategyInstance {
    const strategy = defineStrategy<unknown, null>({
      name: 'script',
      trigger: { when: () => this.#script !== null },
      init: () => null,
      decide: () => {
        this.#said = this.#script?.() ?? []
        return { intents: this.#said.map(({ intent }) => intent) }
      },
    })
    return { strategy: strategy as unknown as StrategyInstance['strategy'], params: {} }
  }

  /** The effective command of a key is the last allowed Intent of its kind. */
  #nameCommands({ decided, draft }: StepBaton, first: number): void {
    const last = new Map<string, string>()
    for (const { intent, ref } of this.#said) {
      if (!isAllowed(decided, intent)) continue
      last.set(slotOf(intent.key, intent.type.slice('intent.'.length)), ref)
    }
    for (let i = 0; i < (draft?.pending.length ?? 0); i++) {
      const command = draft?.pending.at(i)
      if (!command || command.sequence < first) continue
      const ref = last.get(slotOf(command.key, command.kind))!
      const rewritten = command.kind === 'replace' && command.sendAs === 'new'
      this.#refs.set(command.sequence, rewritten ? `${ref}:new` : ref)
    }
  }

  #duplicates({ closures }: StepResult): string[] {
    const used = closures.filter(({ reason }) => reason === 'duplicateOrderKey')
    const keys = new Set(used.map(({ key }) => key))
    const news = this.#said.filter(({ intent }) => intent.type === 'intent.new')
    return news.filter(({ intent }) => keys.has(intent.key)).map(({ ref }) => ref)
  }

  #rejected({ decided }: StepBaton, { denials }: StepResult): Decision['rejected'] {
    const denied = this.#said.filter(({ intent }) => !isAllowed(decided, intent))
    return denials.map(({ reason }, i) => [denied[i]!.ref, reason] as const)
  }
}

const isAllowed = ({ allowed }: StepBaton['decided'], intent: Intent): boolean =>
  allowed.some((one) => one === intent)
const slotOf = (key: OrderKey, kind: string): string => `${kind} ${key}`

/** The field that the boundary named in its refusal; null for any other error. */
export function refusedField(cause: unknown): string | null {
  if (!(cause instanceof CodedError) || cause.code !== 'ESC_EVENT_REFUSED') return null
  return cause.facts.field!.split(', ')[1]!
}

function rethrow(cause: unknown): never {
  throw cause
}
