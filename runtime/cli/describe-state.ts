import {
  formatOrderKey,
  NEVER,
  type OrderSnapshot,
  type State,
  type StateView,
  type Touch,
} from '@escapement/core'
import type { BacktestDefinition } from '../backtest.ts'
import { type AccountSummary, accountSummary } from './account-summary.ts'

/** What stands in State at a position, for a person; prices in ticks, quantities in lots. */
export type StateReport = AccountSummary & {
  /** Digest of State, sixteen hexadecimal digits. */
  readonly digest: string
  readonly timeNs: string
  readonly tradingEnabled: boolean
  readonly touch: Readonly<Record<string, Touch | null>>
  readonly openOrders: readonly (Omit<OrderSnapshot, 'key'> & { readonly order: string })[]
  readonly waiting: readonly { readonly order: string; readonly kind: string }[]
  readonly inflight: readonly { readonly order: string; readonly kind: string }[]
  readonly strategies: readonly {
    readonly name: string
    readonly enabled: boolean
    readonly wakeAtNs: string | null
    readonly memory: unknown
  }[]
}

/** Reads State and changes nothing of it. */
export function describeState(
  state: State,
  view: StateView,
  { configuration, origin }: BacktestDefinition,
): StateReport {
  const { instruments, namespaces } = configuration
  const { control, execution } = state
  const epoch = (time: number) => (origin + BigInt(time)).toString()
  const order = (key: number) => formatOrderKey(key, namespaces)
  return {
    digest: state.digest(),
    timeNs: epoch(control.clock),
    tradingEnabled: view.tradingEnabled,
    ...accountSummary(state, configuration, execution.accounts),
    touch: Object.fromEntries(instruments.map(({ symbol }, i) => [symbol, view.touch(i)])),
    openOrders: instruments.flatMap((_, i) =>
      view.openOrders(i).map(({ key, ...rest }) => ({ order: order(key), ...rest })),
    ),
    waiting: [...execution.work.queue.values()].map(({ key, kind }) => ({
      order: order(key),
      kind,
    })),
    inflight: [...execution.inflight.values()].map(({ key, kind }) => ({
      order: order(key),
      kind,
    })),
    strategies: control.strategies.map(({ enabled, wakeAt, memory }, i) => ({
      name: namespaces[i]!,
      enabled,
      wakeAtNs: wakeAt === NEVER ? null : epoch(wakeAt),
      memory,
    })),
  }
}
