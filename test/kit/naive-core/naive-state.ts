import type {
  AccountUpdated,
  Anomaly,
  AnomalyKind,
  Closure,
  CommandKind,
  CoreConfiguration,
  CoreEvent,
  OrderKey,
  OwnRiskLimits,
  PlainData,
  StrategyInstance,
} from '@escapement/core'
import { orderCounter, orderNamespace } from '@escapement/core'
import { NaiveBook } from './naive-book.ts'
import { equityOf, equityUnits, type Sample } from './naive-equity.ts'
import { type ExecutionRecord, executionOf } from './naive-execution.ts'
import { type Execution, emptyExecution, hasEnded } from './naive-orders.ts'
import type { Inflight, Pending, QueueScope } from './naive-queue.ts'
import { limit, type NaiveRates, newRates } from './naive-rates.ts'
import { add, minus, type Rational } from './rational.ts'

type NaiveStrategy = {
  memory: PlainData
  wakeAt: number | null
  enabled: boolean
  heard: number
  /** Numbers that it drew since the session's start. */
  draws: number
  /** The highest counter that it was handed. */
  handed: number
}

/** State and its reduction: what Events alone make of it. */
export class NaiveState {
  readonly configuration: CoreConfiguration
  readonly instances: readonly StrategyInstance[]
  readonly books: readonly NaiveBook[]
  readonly strategies: readonly NaiveStrategy[]
  readonly rates: NaiveRates
  clock = 0
  nextPosition = 0
  tradingEnabled: boolean
  session: 'created' | 'trading' | 'draining' | 'closed' = 'created'
  version: string
  risk: CoreConfiguration['risk']
  ownRisk: readonly (OwnRiskLimits | null)[]
  seed = 0
  queue: readonly Pending[] = []
  readonly inflight = new Map<OrderKey, Inflight[]>()
  execution: Execution
  nextSequence = 0
  readonly samples: Sample[] = []
  /** By strategy: equity of what its own fills made. */
  readonly ownSamples: readonly Sample[][]
  readonly #records: ExecutionRecord[] = []
  /** The highest counter that a NEW of each namespace had. */
  readonly used: number[] = []

  constructor(configuration: CoreConfiguration, strategies: readonly StrategyInstance[]) {
    this.configuration = configuration
    this.instances = strategies
    this.books = configuration.instruments.map(() => new NaiveBook())
    this.execution = emptyExecution(configuration)
    this.tradingEnabled = configuration.control.tradingEnabled
    this.version = configuration.version
    this.risk = configuration.risk
    this.ownRisk = configuration.ownRisk ?? []
    this.ownSamples = configuration.namespaces.map(() => [])
    this.rates = {
      shared: newRates(configuration.rateLimits),
      own: (configuration.ownRates ?? []).map((limits) => limits && newRates(limits)),
    }
    this.strategies = strategies.map(({ strategy, params }) => ({
      memory: strategy.init(params, configuration.instruments),
      // Due at once: at the session's start.
      wakeAt: 0,
      enabled: true,
      heard: 0,
      draws: 0,
      handed: 0,
    }))
  }

  equity(accounts = this.execution.accounts): ReturnType<typeof equityOf> {
    return equityOf(accounts, this.books, this.configuration.instruments)
  }

  /** Equity of each instrument at its own mid, in its money units, rounded once. */
  equities(): (bigint | null)[] {
    const { instruments } = this.configuration
    return instruments.map((instrument, i) =>
      // Of a flat account without a mid, the documents let the view say either.
      this.books[i]!.mid2() === null
        ? null
        : equityUnits(this.execution.accounts[i]!, this.books[i]!, instrument),
    )
  }

  queueScope(): QueueScope {
    return {
      configuration: this.configuration,
      orders: this.execution.orders,
      inflight: this.inflight,
      wasUsed: (key) => orderCounter(key) <= (this.used[orderNamespace(key)] ?? 0),
      ratesOf: (instrument) => this.rates.own[instrument] ?? this.rates.shared,
      now: this.clock,
    }
  }

  reduce(event: CoreEvent, anomalies: Anomaly[], closures: Closure[]): void {
    this.clock = Math.max(this.clock, event.time)
    this.#apply(event, anomalies, closures)
    this.samples.push({ time: this.clock, equity: this.equity(), risk: this.risk })
    for (const [index, risk] of this.ownRisk.entries()) {
      const equity = this.equity(this.execution.own[index]!)
      if (risk !== null) this.ownSamples[index]!.push({ time: this.clock, equity, risk })
    }
  }

  #apply(event: CoreEvent, anomalies: Anomaly[], closures: Closure[]): void {
    switch (event.type) {
      case 'market.updated':
      case 'market.snapshot':
        this.books[event.instrument]!.apply(event)
        return
      case 'order.submitted':
        this.#record(event, anomalies)
        this.#mark(event.key, 'new')
        return
      case 'intent.dispatched':
        this.#mark(event.key, event.kind)
        return
      case 'intent.rejected':
        return
      case 'dispatch.failed':
        this.#free(event.key, event.kind)
        return
      case 'account.updated':
        this.#state(event, anomalies)
        return
      case 'account.funded':
        this.#record(event, anomalies)
        return
      case 'control.sessionStarted':
        this.session = 'trading'
        this.seed = event.seed
        for (const strategy of this.strategies) strategy.draws = 0
        return
      case 'control.sessionEnded':
        this.session = 'closed'
        this.#forgetWakeUps()
        return
      case 'control.sessionDraining':
        if (this.session === 'trading') this.session = 'draining'
        this.#forgetWakeUps()
        return
      case 'control.tradingEnabled':
        this.tradingEnabled = true
        return
      case 'control.tradingDisabled':
        this.#disable(closures)
        return
      case 'control.strategyDisabled':
        Object.assign(this.strategies[event.strategy]!, { enabled: false, wakeAt: null })
        return
      case 'control.configurationChanged':
        this.#change(event)
        return
      case 'control.feedGap':
      case 'control.feedRestored':
      case 'control.time':
      case 'control.checkpoint':
      case 'control.signal':
      case 'control.anomaly':
        return
      default:
        // A report that is out of turn answers no request; an execution happened all the same.
        if (this.#record(event, anomalies) !== 'illegalReport' || event.type === 'order.filled') {
          this.#answer(event)
        }
    }
  }

  /** D-007: who is asked no more has nothing to be woken for. */
  #forgetWakeUps(): void {
    for (const strategy of this.strategies) strategy.wakeAt = null
  }

  #record(event: ExecutionRecord, anomalies: Anomaly[]): AnomalyKind | null {
    this.#records.push(event)
    const { execution, found } = executionOf(this.#records, this.configuration)
    this.execution = execution
    for (const one of found) anomalies.push({ type: 'control.anomaly', time: event.time, ...one })
    return found.at(-1)?.kind ?? null
  }

  /** The first statement of an account opens it: what is known of earlier equity moves along. */
  #state(event: AccountUpdated, anomalies: Anomaly[]): void {
    const { instrument } = event
    const isFirst = !this.#records.some(
      (record) => record.type === 'account.updated' && record.instrument === instrument,
    )
    const before = this.#equityOf(instrument)
    this.#record(event, anomalies)
    const after = this.#equityOf(instrument)
    if (!isFirst) return
    const isKnown = before !== null && after !== null
    for (const [i, sample] of this.samples.entries()) {
      const equity =
        isKnown && sample.equity !== null ? add(sample.equity, minus(after, before)) : null
      this.samples[i] = { ...sample, equity }
    }
  }

  #equityOf(instrument: number): Rational | null {
    const { execution, books, configuration } = this
    const only = (i: number): boolean => i === instrument
    return equityOf(
      execution.accounts.filter((_, i) => only(i)),
      books.filter((_, i) => only(i)),
      configuration.instruments.filter((_, i) => only(i)),
    )
  }

  /** A dispatch record says that a request of an open order is under way, if nothing did before. */
  #mark(key: OrderKey, kind: CommandKind): void {
    const order = this.execution.orders.get(key)
    if (order === undefined || hasEnded(order) || this.inflight.has(key)) return
    this.inflight.set(key, [{ kind, terms: order.terms }])
  }

  /** Frees the request that a report answers, and every one when the order has ended. */
  #answer(
    event: Exclude<ExecutionRecord, { type: 'order.submitted' | `account.${string}` }>,
  ): void {
    const { key } = event
    const order = this.execution.orders.get(key)
    // A report about nothing answers nothing.
    if (order === undefined) return
    switch (event.type) {
      case 'order.accepted':
      case 'order.filled':
        this.#free(key, 'new')
        break
      case 'order.replaced':
      case 'order.replaceRejected':
        this.#free(key, 'replace')
        break
      case 'order.cancelRejected':
        this.#free(key, 'cancel')
        break
      default:
        this.inflight.delete(key)
    }
    if (hasEnded(order)) this.inflight.delete(key)
  }

  #free(key: OrderKey, kind: CommandKind): void {
    const rest = (this.inflight.get(key) ?? []).filter((request) => request.kind !== kind)
    if (rest.length === 0) this.inflight.delete(key)
    else this.inflight.set(key, rest)
  }

  #disable(closures: Closure[]): void {
    this.tradingEnabled = false
    for (const { kind, terms } of this.queue) {
      if (kind !== 'cancel') closures.push({ key: terms.key, kind, reason: 'tradingDisabled' })
    }
    this.queue = this.queue.filter(({ kind }) => kind === 'cancel')
  }

  #change(event: CoreEvent & { type: 'control.configurationChanged' }): void {
    const { risk, ownRisk, rateLimits, ownRates } = event.changes
    this.version = event.version
    if (risk !== undefined) this.risk = risk
    if (ownRisk !== undefined) {
      if (!sameOwners(ownRisk, this.ownRisk)) throw new Error('others would have own limits')
      this.ownRisk = ownRisk
    }
    if (rateLimits !== undefined) limit(this.rates.shared, rateLimits, this.clock)
    if (ownRates === undefined) return
    if (!sameOwners(ownRates, this.rates.own)) throw new Error('others would have own rates')
    for (const [i, rates] of this.rates.own.entries()) {
      if (rates !== null) limit(rates, ownRates[i]!, this.clock)
    }
  }
}

/** Who has something of his own is fixed for the session; a list that nobody has is all null. */
const sameOwners = (
  changed: readonly (object | null)[],
  fixed: readonly (object | null)[],
): boolean => changed.every((own, i) => (own === null) === ((fixed[i] ?? null) === null))
