import { runBacktest } from '../../../runtime/backtest.ts'
import { defineBacktest } from '../../../runtime/config/define-backtest.ts'
import { capture, repeated } from './market.ts'
import { idle } from './requote.ts'

const rows = repeated(capture(), 10)
const session = {
  name: 'bench',
  instruments: { BTCUSDT: { tickSize: '0.1', lotSize: '0.001', quote: 'USDT' } },
  venue: { fees: { maker: '-0.00005', taker: '0.0007' }, partialFills: false },
}
const def = defineBacktest(session, { BTCUSDT: rows }, idle())
for (let i = 0; i < 8; i++) {
  const c = process.cpuUsage()
  const r = runBacktest(def)
  const u = process.cpuUsage(c)
  console.log((rows.length / (u.user + u.system)).toFixed(2), 'M rows/cpu-s', r.events)
}
