/** A first backtest: quotes that join both best prices, on a market that is made up here. */
import {
  BUY,
  defineBacktest,
  defineStrategy,
  instantiate,
  millis,
  placeLimit,
  runBacktest,
  SELL,
} from 'escapement'
import { syntheticMarket } from 'escapement/data'

const joinTheTouch = defineStrategy<{ qty: number }, null>({
  name: 'join-the-touch',
  init: () => null,
  decide(view, _memory, _reason, { qty }) {
    const wakeAt = view.now + millis(100)
    const touch = view.touch()
    if (touch === null || view.openOrders().length > 0) return { wakeAt }
    const buy = placeLimit(view, { side: BUY, price: touch.bid, qty, timeInForce: 'postOnly' })
    const sell = placeLimit(view, { side: SELL, price: touch.ask, qty, timeInForce: 'postOnly' })
    return { wakeAt, intents: [buy, sell] }
  },
})

const session = {
  name: 'first-backtest',
  instruments: { DEMO: { tickSize: '0.1', lotSize: '0.001', quote: 'USDT' } },
  venue: { latency: { entryNs: 5_000_000, responseNs: 5_000_000 } },
  risk: { maxPosition: '0.5' },
}
const rows = syntheticMarket({ seed: 7, durationSeconds: 30, rowsPerSecond: 1500 })
const strategy = instantiate(joinTheTouch, { qty: 10 })
const { recording, state, events, eventLogHash } = runBacktest(
  defineBacktest(session, { DEMO: rows }, strategy),
)
console.log(`${rows.length} rows became ${events} Events`)
console.log(`${recording.fills.length} fills, ${state.execution.accounts[0]!.position} lots held`)
console.log(`event log ${eventLogHash}`)
