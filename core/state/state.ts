import type { Book } from '../book/book.ts'
import { ByteReader, ByteWriter } from '../codec.ts'
import {
  type ConfigurationChanges,
  type CoreConfiguration,
  changesFromPlain,
  changesToPlain,
  type RiskLimits,
} from '../configuration.ts'
import { Digest } from '../digest.ts'
import { MoneyRule } from '../money.ts'
import {
  digestPlainData,
  freezeDeep,
  type PlainData,
  readPlainData,
  writePlainData,
} from '../plain-data.ts'
import { Random } from '../random.ts'
import { fullLevels, type RateGroups, rateGroups } from '../rules/rate-rules.ts'
import { RiskRules } from '../rules/risk-rules.ts'
import { Account } from './account.ts'
import { ControlState, feedChart, type StrategySlot, tradingChart } from './control-state.ts'
import { EquityCurve } from './equity-curve.ts'
import { ExecutionState } from './execution-state.ts'
import { expectFit, expectSame, expectWhole, misfit, misfitOfChanges } from './fit.ts'
import { InstrumentMarket } from './market-state.ts'
import { OrderTable } from './order-table.ts'
import { PendingQueue } from './pending-queue.ts'

/** Version of the canonical byte layout of serialised State. */
const LAYOUT = 3

/**
 * State = f(Event Stream, Configuration), in exactly three domains. It has one owner at a time.
 * What is derived from Configuration alone (`money`, `rates`, the rules) stands beside the domains
 * and is rebuilt, not serialised.
 */
export class State {
  /** Market State by instrument index. */
  readonly market: readonly InstrumentMarket[]
  /** Orders, accounts, and what Execution Control still holds. */
  readonly execution: ExecutionState
  /** Clock, position, switches, and what each strategy remembers. */
  readonly control: ControlState
  /** The Configuration as given, frozen in depth; changes by Events do not show in it. */
  readonly configuration: CoreConfiguration
  /** How money is counted, by instrument index. */
  readonly money: readonly MoneyRule[]
  /** What Events have changed of the Configuration so far, and what it is with that. */
  #changes: readonly PlainData[] = []
  #limits: CoreConfiguration
  /** Limits of the account. */
  riskRules: RiskRules
  /** Limits of single strategies, or null. */
  ownRules: readonly (RiskRules | null)[]
  /** The rate limits in force. */
  rates: RateGroups
  readonly #digest = new Digest()

  constructor(
    configuration: CoreConfiguration,
    domains: {
      readonly market: readonly InstrumentMarket[]
      readonly execution: ExecutionState
      readonly control: ControlState
    },
  ) {
    this.configuration = freezeDeep(configuration)
    this.#limits = configuration
    this.market = domains.market
    this.execution = domains.execution
    this.control = domains.control
    this.money = configuration.instruments.map((instrument) => new MoneyRule(instrument))
    this.riskRules = this.#rulesOf(configuration.risk)
    this.ownRules = this.#ownRulesOf(configuration.ownRisk)
    this.rates = rateGroupsOf(configuration)
  }

  /**
   * The State before the first Event. `memories` holds each strategy's first memory, `books` the
   * book of each instrument where it is not to be an empty one of its own.
   */
  static initial(
    configuration: CoreConfiguration,
    memories: readonly PlainData[],
    books: readonly Book[] = [],
  ): State {
    expectWhole(configuration)
    const { instruments, control: rules } = configuration
    const groups = rateGroupsOf(configuration)
    const accounts = () => instruments.map(() => new Account())
    const execution = new ExecutionState({
      orders: new OrderTable(rules.terminalOrdersKept),
      accounts: accounts(),
      equity: new EquityCurve(),
      own: memories.map(() => ({ accounts: accounts(), equity: new EquityCurve() })),
      inflight: new Map(),
      work: {
        queue: new PendingQueue(groups.groupOf),
        nextSequence: 0,
        rates: groups.rules.map(fullLevels),
      },
    })
    const slots = memories.map(
      (memory, index): StrategySlot => ({
        memory,
        enabled: true,
        wakeAt: 0,
        counter: 0,
        issued: 0,
        handedOut: 0,
        random: Random.stream(0, index),
      }),
    )
    const feeds = instruments.map(() => feedChart.initial)
    const control = new ControlState(configuration.version, feeds, slots)
    if (!rules.tradingEnabled) {
      control.trading = tradingChart.next(control.trading, tradingChart.signal.tradingDisabled)
    }
    const market = instruments.map((_, index) => new InstrumentMarket(books[index]))
    return new State(configuration, { market, execution, control })
  }

  /** The limits in force. */
  get risk(): RiskLimits {
    return this.riskRules.limits
  }

  /** Whether any limit needs what quotes are worth. */
  get needsQuoteValues(): boolean {
    if (this.riskRules.needsQuoteValues) return true
    for (const rules of this.ownRules) if (rules?.needsQuoteValues === true) return true
    return false
  }

  /** Whether the trading switch is on; it says nothing about single strategies. */
  get tradingEnabled(): boolean {
    return this.control.trading === tradingChart.state.enabled
  }

  /** Applies a configuration change: new rules from here on. */
  change(version: string, changes: ConfigurationChanges): void {
    this.control.configurationVersion = version
    this.#changes = [...this.#changes, changesToPlain(changes)]
    this.#apply(changes)
  }

  /** A fast 64-bit digest of the whole State, as sixteen hexadecimal digits. */
  digest(): string {
    return this.digestInto().hex()
  }

  /** The same as a `Digest`, valid until the next call: books and orders keep theirs up to date. */
  digestInto(digest: Digest = this.#digest.reset()): Digest {
    for (const market of this.market) market.digest(digest)
    this.execution.digest(digest)
    this.control.digest(digest)
    for (const change of this.#changes) digestPlainData(change, digest)
    return digest
  }

  /** The canonical bytes of State; equal States have equal bytes. */
  serialise(): Uint8Array {
    const writer = new ByteWriter().u8(LAYOUT)
    writer.i32(this.market.length)
    for (const market of this.market) market.write(writer)
    this.execution.write(writer)
    this.control.write(writer)
    writer.i32(this.#changes.length)
    for (const change of this.#changes) writePlainData(change, writer)
    return writer.seal()
  }

  /**
   * The State that `bytes` hold; the Configuration must be the one they were made under.
   * @throws ESC_STATE_RESTORE when a byte has changed, or the layout, the instruments, the
   * strategies or the rates are others.
   */
  static restore(configuration: CoreConfiguration, bytes: Uint8Array): State {
    expectWhole(configuration)
    const reader = ByteReader.sealed(bytes)
    expectSame('layout', reader.u8(), LAYOUT)
    const { instruments } = configuration
    expectSame('instruments', reader.i32(), instruments.length)
    const market = instruments.map(() => InstrumentMarket.read(reader))
    const { terminalOrdersKept } = configuration.control
    const { groupOf } = rateGroupsOf(configuration)
    const execution = ExecutionState.read(reader, terminalOrdersKept, groupOf)
    const control = ControlState.read(reader)
    const state = new State(configuration, { market, execution, control })
    state.#changes = Array.from({ length: reader.i32() }, () => readPlainData(reader))
    for (const change of state.#changes) state.#applyRestored(changesFromPlain(change))
    reader.end()
    expectFit(state)
    return state
  }

  #applyRestored(changes: ConfigurationChanges): void {
    const found = misfitOfChanges(this.configuration, changes)
    if (found !== null) throw misfit(found)
    this.#apply(changes)
  }

  #apply(changes: ConfigurationChanges): void {
    if (changes.risk !== undefined) this.riskRules = this.#rulesOf(changes.risk)
    if (changes.ownRisk !== undefined) this.ownRules = this.#ownRulesOf(changes.ownRisk)
    this.#limits = { ...this.#limits, ...changes }
    this.rates = rateGroupsOf(this.#limits)
  }

  #rulesOf(limits: RiskLimits): RiskRules {
    return new RiskRules(this.configuration, limits, this.money)
  }

  #ownRulesOf(own: CoreConfiguration['ownRisk']): readonly (RiskRules | null)[] {
    return (own ?? []).map((limits) => (limits === null ? null : this.#rulesOf(limits)))
  }
}

const rateGroupsOf = ({ instruments, rateLimits, ownRates }: CoreConfiguration): RateGroups =>
  rateGroups(rateLimits, ownRates ?? instruments.map(() => null))
