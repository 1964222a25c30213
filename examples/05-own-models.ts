/**
 * Models of one's own in the simulated Venue: how the queue ahead shrinks, how long messages take,
 * what a fill costs. Each is a small object; the session beside it has the built-in ones.
 */
import {
  defineBacktest,
  type FeeModel,
  formatDecimal,
  instantiate,
  type LatencySource,
  type QueueModel,
  runBacktest,
  SELL,
} from 'escapement'
import { syntheticMarket } from 'escapement/data'
import { strategy } from './02-market-maker.ts'

/** Of what leaves a level without a trade, half was ahead of us. */
const halfAhead: QueueModel = {
  identity: 'half-ahead',
  trade(estimate, qty) {
    estimate.front -= qty
    estimate.traded += qty
  },
  depth(estimate, previous, next) {
    const canceled = Math.max(0, previous - next - estimate.traded)
    estimate.traded = 0
    estimate.front = Math.min(estimate.front - canceled / 2, next)
  },
}

/** Cancels take 4 to 6 ms, everything else 2 ms, and reports 1 ms. Chance comes from the seed. */
const slowCancels: LatencySource = {
  identity: 'slow-cancels',
  isSeeded: true,
  create(random) {
    const jitter = random('cancel')
    return {
      entry: (_time, { kind }) => 2_000_000 + (kind === 'cancel' ? jitter.integer(2e6, 4e6) : 0),
      response: () => 1_000_000,
    }
  },
}

/** Sellers pay 0.01 % and takers 0.02 %. A lot at a tick is worth 10,000 units of 10^-8 USDT. */
const duty: FeeModel = {
  identity: 'duty',
  create: () => (price, qty, liquidity, side) =>
    price * qty * ((side === SELL ? 1 : 0) + (liquidity === 'taker' ? 2 : 0)),
}

const builtIn = defineBacktest(
  { name: 'models', instruments: { DEMO: { tickSize: '0.1', lotSize: '0.001', quote: 'USDT' } } },
  { DEMO: syntheticMarket({ seed: 11, durationSeconds: 60, rowsPerSecond: 1500 }) },
  instantiate(strategy, { qtyLots: 10, halfSpreadTicks: 1, skewTicks: 8 }),
)
const instruments = builtIn.venue.instruments.map((one) => ({
  ...one,
  queue: halfAhead,
  fees: duty,
}))
const own = { ...builtIn, venue: { ...builtIn.venue, instruments, latency: slowCancels } }

for (const [name, definition] of Object.entries({ builtIn, own })) {
  const { state, eventLogHash } = runBacktest(definition)
  const { fills, fees } = state.execution.accounts[0]!
  const paid = formatDecimal({ digits: fees, scale: 8 })
  console.log(`${name}: ${fills} fills, fees ${paid} USDT, event log ${eventLogHash.slice(0, 16)}`)
}
