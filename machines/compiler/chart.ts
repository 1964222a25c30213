import type {
  AnyStateMachine,
  ContextFrom,
  EventFromLogic,
  InputFrom,
  StateValue,
  StateValueFrom,
} from 'xstate'

/**
 * A machine in its compiled form: names as small integers, transitions as one flat table.
 * `S` are the names of its states, `E` its events, `C` its context, `I` its input.
 */
export interface Chart<S extends string, E extends { type: string }, C, I> {
  /** Id of the machine. */
  readonly id: string
  /** Names of the resting states by code, nested ones dotted: `open.partly`. */
  readonly states: readonly S[]
  /** Names of the signals by code. */
  readonly signals: readonly E['type'][]
  /** Code of each state by name. */
  readonly state: { readonly [name in S]: number }
  /** Code of each signal by name. */
  readonly signal: { readonly [name in E['type']]: number }
  /** Tags of each state by code, those of its ancestors included. */
  readonly tags: readonly (readonly string[])[]
  /** The state a fresh machine rests in; DEPENDS when its guards or input decide. */
  readonly initial: number
  /**
   * Row-major, states × signals: `table[state * signals.length + signal]` is the next state,
   * ILLEGAL (-1) where the state does not handle the signal, DEPENDS (-2) where guards or
   * the context decide.
   */
  readonly table: Int16Array
  /** True when no cell DEPENDS: no guards and no assigns. */
  readonly pure: boolean
  /**
   * Looks up the next state of a pure cell.
   * @throws RangeError when a code is not of this chart, or the cell DEPENDS.
   */
  next(state: number, signal: number): number
  /** Is true for a final state of the machine and for states tagged `terminal`. */
  isTerminal(state: number): boolean
  /** Finds the code of an XState state value. @throws RangeError when there is none. */
  codeOf(value: StateValue): number
  /** Writes a state as XState's state value, for `resolveState` or an inspector. */
  valueOf(state: number): StateValue
  /** Starts an instance with its own state and context. */
  start(input?: I): Instance<C>
  /**
   * Sends a signal to an instance and gives the state reached, or ILLEGAL when no transition
   * was taken and nothing changed. `event` is what guards and assigns read.
   */
  send(instance: Instance<C>, signal: number, event: E): number
}

/** One running copy of a compiled machine. `send` replaces the fields. */
export interface Instance<C> {
  /** Code of the resting state. */
  state: number
  /** What assigns wrote last; an empty object where the machine has no context. */
  context: C
}

/** The chart type of an XState machine type. */
export type ChartOf<M extends AnyStateMachine> = Chart<
  LeafName<StateValueFrom<M>>,
  EventFromLogic<M>,
  ContextFrom<M>,
  InputFrom<M>
>

/** Dotted names of the leaves of a state value: `'a' | { b: 'c' }` gives `'a' | 'b.c'`. */
type LeafName<V> = V extends string
  ? V
  : { [K in keyof V & string]: `${K}.${LeafName<Exclude<V[K], undefined>>}` }[keyof V & string]
