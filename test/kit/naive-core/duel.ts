import { isDeepStrictEqual } from 'node:util'
import {
  brokenInvariant,
  CodedError,
  Core,
  type CoreConfiguration,
  type CoreEvent,
  type MarketView,
  type StepResult,
} from '@escapement/core'
import { Invariants } from './invariants.ts'
import { NaiveCore } from './naive-core.ts'
import { plainOfNaive, plainOfReal } from './plain-state.ts'
import { type Script, scripted } from './script.ts'

/** Both Cores on one stream; throws at the first position where they differ. */
export class Duel {
  readonly real: Core
  readonly naive: NaiveCore
  readonly stream: CoreEvent[] = []
  refused = 0
  readonly #invariants: Invariants

  constructor(configuration: CoreConfiguration, scripts: readonly Script[]) {
    const strategies = scripts.map((script, namespace) => scripted(script, namespace))
    this.real = new Core(configuration, strategies)
    this.naive = new NaiveCore(configuration, strategies)
    this.#invariants = new Invariants(this.naive)
  }

  /** Null when the boundary refuses the Event, which then must have changed nothing. */
  feed(event: CoreEvent): StepResult | null {
    const { real, naive, stream } = this
    const position = stream.length
    const before = plainOfReal(real)
    let result: StepResult
    try {
      result = real.step(position, event)
    } catch (error) {
      if (!(error instanceof CodedError) || error.code !== 'ESC_EVENT_REFUSED') throw error
      this.refused += 1
      this.#assertSame(before, plainOfReal(real), `refusal of ${show(event)}`)
      return null
    }
    stream.push(event)
    // A strategy may fail, and both must say so; what the Core itself fails at is a mistake.
    for (const { strategy, cause } of result.failures) if (strategy < 0) throw cause
    const expected = naive.step(position, event)
    this.#assertSame(comparable(expected), comparable(result), 'result')
    this.#assertSame(plainOfNaive(naive), plainOfReal(real), 'State')
    this.#invariants.check(event, result)
    const broken = brokenInvariant(real.state)
    if (broken !== null) throw new Error(`at position ${position} ${broken}`)
    return result
  }

  #assertSame<T extends object>(expected: T, found: T, what: string): void {
    if (isDeepStrictEqual(expected, found)) return
    const names = Object.keys(expected) as (keyof T & string)[]
    const differences = names
      .filter((name) => !isDeepStrictEqual(expected[name], found[name]))
      .flatMap((name) => [
        `  ${name}: naive ${show(expected[name])}`,
        `  ${name}: real  ${show(found[name])}`,
      ])
    const history = this.stream.map((event, position) => `  ${position} ${show(event)}`)
    const where = `${what} differs at position ${this.stream.length - 1}`
    throw new Error([where, ...differences, ...history.slice(-20)].join('\n'))
  }
}

/** Sequence numbers matter by their order alone, and no document orders closures among themselves. */
function comparable(result: StepResult): StepResult {
  const { position, decided, denials, anomalies, obligation } = result
  const dispatches = result.dispatches.map((dispatch) => ({ ...dispatch, sequence: 0 }))
  const closures = result.closures.toSorted((a, b) => show(a).localeCompare(show(b)))
  const failures = result.failures.map((failure) => ({ ...failure, cause: null }))
  return { position, decided, dispatches, denials, closures, anomalies, obligation, failures }
}

const show = (value: unknown): string =>
  JSON.stringify(value, (name, part: unknown) => {
    if (name === 'view') return rowsOf(part as MarketView)
    return typeof part === 'bigint' ? `${part}n` : part
  }) ?? 'undefined'

/** A market view as short rows: kind, side, price, quantity. */
const rowsOf = ({ length, kind, side, price, qty }: MarketView): string[] =>
  Array.from({ length }, (_, i) => [kind[i], side[i], price[i], qty[i]].join(' '))
