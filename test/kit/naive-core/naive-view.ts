import { type OrderKey, orderKey, orderNamespace, Random, type StateView } from '@escapement/core'
import { hasEnded } from './naive-orders.ts'
import type { NaiveState } from './naive-state.ts'

/** The part of a view that a scripted strategy looks at. */
export type ScriptView = {
  newOrderKey(): OrderKey
  random(): number
  openOrders(instrument: number): readonly { readonly key: OrderKey }[]
  ownPositionOf(instrument: number): number
  positionOf(instrument: number): number
}

/** What one strategy sees in one evaluation, and what it took of keys and of chance. */
export class NaiveView implements ScriptView {
  draws: number
  handed: number
  readonly #state: NaiveState
  readonly #strategy: number

  constructor(state: NaiveState, strategy: number) {
    this.#state = state
    this.#strategy = strategy
    const { draws, handed } = state.strategies[strategy]!
    this.draws = draws
    this.handed = handed
  }

  /** One above every key that was handed out or used. */
  newOrderKey(): OrderKey {
    this.handed = Math.max(this.handed, this.#state.used[this.#strategy] ?? 0) + 1
    return orderKey(this.#strategy, this.handed)
  }

  random(): number {
    const generator = generatorAfter(this.#state.seed, this.#strategy, this.draws)
    this.draws += 1
    return generator.unit()
  }

  openOrders(instrument: number): { readonly key: OrderKey }[] {
    return [...this.#state.execution.orders.values()]
      .filter((order) => !hasEnded(order) && order.terms.instrument === instrument)
      .map(({ terms: { key } }) => ({ key }))
      .filter(({ key }) => orderNamespace(key) === this.#strategy)
  }

  ownPositionOf(instrument: number): number {
    return this.#state.execution.own[this.#strategy]![instrument]!.position
  }

  positionOf(instrument: number): number {
    return this.#state.execution.accounts[instrument]!.position
  }

  asView(): StateView {
    return this as unknown as StateView
  }
}

/** A strategy's generator after so many draws, from the session's seed. */
export function generatorAfter(seed: number, strategy: number, draws: number): Random {
  const generator = Random.stream(seed, strategy)
  for (let i = 0; i < draws; i++) generator.next()
  return generator
}
