/**
 * Every coded error of the project, once. Codes are stable: programs match on them.
 *
 * Bad input at an edge throws a {@link CodedError}: exit code 2, nothing half-written. Our own
 * mistake is an {@link AssertionFailure}: the run halts at a named position.
 */
export const errorCatalog = {
  ESC_CONFIG_READ: 'The configuration file cannot be read.',
  ESC_CONFIG_SYNTAX: 'The configuration file is not valid JSON or YAML.',
  ESC_CONFIG_INVALID: 'A configuration field is missing, unknown, or has a wrong value.',
  ESC_CONFIG_DECIMAL: 'A decimal in the configuration is not written as a plain decimal.',
  ESC_CONFIG_INSTRUMENT: 'An instrument is named twice, or used without being defined.',
  ESC_CONFIG_WINDOW: 'The time window is empty or malformed.',
  ESC_DATA_READ: 'A data file cannot be read.',
  ESC_DATA_FORMAT: 'The format of a data file is not recognised.',
  ESC_DATA_EMPTY: 'A data file holds no rows.',
  ESC_DATA_PRICE: 'A row has a price that is not a finite number.',
  ESC_DATA_QTY: 'A row has a quantity that is negative or not finite.',
  ESC_DATA_TIME: 'The times of one view go backwards, or a time is out of range.',
  ESC_DATA_KIND: 'A row has an unknown kind or flag.',
  ESC_DATA_ORDER: 'A row of a single order contradicts the rows before it.',
  ESC_DATA_TICK: 'A price is not a multiple of the tick, or is beyond the range of ticks.',
  ESC_DATA_UNIT: 'A price or quantity is not a multiple of the unit of the rows.',
  ESC_NPZ_ZIP: 'The npz container is damaged or holds no array named "data".',
  ESC_NPZ_MAGIC: 'The file does not begin with the npy magic string.',
  ESC_NPZ_HEADER: 'The npy header cannot be understood.',
  ESC_NPZ_DTYPE: 'The npy array does not have the event layout.',
  ESC_NPZ_LENGTH: 'The npy array is shorter than its header says.',
  ESC_NPZ_UNIT: 'No power of ten up to 10^-12 gives every value back exactly.',
  ESC_BINANCE_LINE: 'A line of the raw capture is not a local time and a JSON message.',
  ESC_BINANCE_MESSAGE: 'A message of the raw capture lacks a field or has a wrong value.',
  ESC_BINANCE_SYMBOL: 'The raw capture holds another symbol than asked for, or several.',
  ESC_DATASET_READ: 'The columnar dataset is damaged or of another version.',
  ESC_DATASET_HASH: 'The rows of the dataset do not have the hash that its header states.',
  ESC_LATENCY_TABLE: 'A latency table cannot be used.',
  ESC_TIME_SPAN: 'The session is longer than 104 days, the exact range of nanoseconds in a number.',
  ESC_STRATEGY_LOAD: 'The strategy module cannot be loaded.',
  ESC_STRATEGY_SHAPE: 'The strategy module does not export what the contract asks for.',
  ESC_STRATEGY_PARAMS: 'The strategy refuses its parameters.',
  ESC_STRATEGY_FAILED: 'The strategy threw or returned something that is not a decision.',
  ESC_ANOMALY: 'An anomaly was recorded and the configuration says to halt.',
  ESC_FEEDBACK_RECORD: 'A record of a Venue breaks the contract of its source.',
  ESC_TOPOLOGY: 'The topology is not valid.',
  ESC_HANDLER_FAILED: 'A handler of an actor threw.',
  ESC_LIMIT_REACHED: 'A bound named in the configuration was reached.',
  ESC_EVENT_REFUSED: 'The Core refuses an Event; State is unchanged.',
  ESC_STATE_RESTORE: 'Serialised State cannot be restored.',
  ESC_COMPILE_UNSUPPORTED: 'The statechart uses a feature that the compiler refuses.',
  ESC_MACHINE_UNKNOWN: 'No machine has that name.',
  ESC_RUN_DIRECTORY: 'The folder is not a run directory, or a file of it is missing or damaged.',
  ESC_RUN_DIFFERS: 'The run cannot be repeated: something is not what its run directory says.',
  ESC_LOG_DAMAGED: 'An event log is damaged, or is not one.',
  ESC_ORDER_UNKNOWN: 'The run has no order of that name.',
  ESC_ORDERS_TABLE: 'Recorded orders are missing, or a table of them cannot be used.',
  ESC_STORAGE_KEY: 'A key, prefix or location of Storage is not well formed.',
  ESC_STORAGE_FORBIDDEN: 'The role may not do this in that class of Storage.',
  ESC_STORAGE_IMMUTABLE: 'What Storage keeps once written cannot be replaced, removed or added to.',
  ESC_STORAGE_NOT_FOUND: 'Storage holds no such object.',
  ESC_STORAGE_CORRUPT: 'Stored bytes are not those that were written.',
  ESC_STORAGE_MANIFEST: 'A manifest cannot be understood or contradicts itself.',
  ESC_STORAGE_UNAVAILABLE:
    'Storage cannot be reached or cannot do this now; nothing was acknowledged.',
  ESC_STORAGE_ACCESS: 'Storage refuses access, or its root or bucket does not exist.',
  ESC_STATISTICS: 'A statistic cannot be computed from what was asked for.',
  ESC_SWEEP_KEY: 'The key of a sweep names nothing, or a value of another kind than it is given.',
  ESC_SWEEP_SPEC: 'A sweep is not a range, a list or a value that gives distinct points.',
  ESC_EXPERIMENT_WINDOW: 'A window cannot be cut into the segments or splits asked for.',
  ESC_EXPERIMENT_RUNS: 'An experiment has more runs than are allowed.',
  ESC_EXPERIMENT_INPUT: 'An input is not the one with which the experiment was planned.',
  ESC_EXPERIMENT_DIRECTORY: 'The folder holds no experiment, or another, or a damaged one.',
  ESC_OUTPUT: 'The output cannot be written where it was asked for.',
  ESC_USAGE: 'The command line is not understood.',
} as const

/** A stable code of {@link errorCatalog}; programs may match on it. */
export type ErrorCode = keyof typeof errorCatalog

/** What a person needs in order to act: where, what was found, what was needed, what to do. */
export type ErrorFacts = {
  readonly file?: string
  /** Zero-based row, or one-based line for text files (then `line` is used). */
  readonly row?: number
  readonly line?: number
  readonly field?: string
  readonly found?: string
  readonly needed?: string
  readonly hint?: string
}

/** Bad input at an edge. `message` holds code, meaning and facts on one line. */
export class CodedError extends Error {
  /** The stable code; its meaning stands in {@link errorCatalog}. */
  readonly code: ErrorCode
  /** Where it happened, what was found and what was needed. */
  readonly facts: ErrorFacts
  constructor(code: ErrorCode, facts: ErrorFacts = {}, options?: { cause?: unknown }) {
    super(describe(code, facts), options)
    this.name = 'CodedError'
    this.code = code
    this.facts = facts
  }
}

/** A broken promise of our own code. Never caught and continued. */
export class AssertionFailure extends Error {
  constructor(message: string, options?: { cause?: unknown }) {
    super(message, options)
    this.name = 'AssertionFailure'
  }
}

/** Holds our own code to a promise. @throws AssertionFailure when `claim` is false. */
export function assert(claim: boolean, message: string): asserts claim {
  if (!claim) throw new AssertionFailure(message)
}

/** What anything thrown says. */
export const messageOf = (cause: unknown): string =>
  cause instanceof Error ? cause.message : String(cause)

/** Marks the branch that the types say cannot be reached. */
export function unreachable(value: never): never {
  throw new AssertionFailure(`unreachable value ${inWords(value)}`)
}

/** An object by its fields, for an object's own name says nothing; cut off where it is long. */
function inWords(value: unknown): string {
  if (typeof value !== 'object' || value === null) return String(value)
  const fields = Object.entries(value).map(([name, field]) => `${name}: ${String(field)}`)
  const text = `{ ${fields.join(', ')} }`
  return text.length <= LONGEST ? text : `${text.slice(0, LONGEST)}...`
}

const LONGEST = 200

function describe(code: ErrorCode, facts: ErrorFacts): string {
  const where = [
    facts.file,
    facts.line === undefined ? undefined : `line ${facts.line}`,
    facts.row === undefined ? undefined : `row ${facts.row}`,
    facts.field,
  ].filter((part) => part !== undefined)
  const parts = [`${code}: ${errorCatalog[code]}`]
  if (where.length > 0) parts.push(`at ${where.join(', ')}`)
  if (facts.found !== undefined) parts.push(`found ${facts.found}`)
  if (facts.needed !== undefined) parts.push(`needed ${facts.needed}`)
  if (facts.hint !== undefined) parts.push(facts.hint)
  return parts.join('; ')
}
