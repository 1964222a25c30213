import { type BacktestDefinition, runBacktest } from '../../../runtime/backtest.ts'
import { defineBacktest } from '../../../runtime/config/define-backtest.ts'
import { capture, repeated } from './market.ts'
import { idle, requote } from './requote.ts'
const copies = Number(process.argv[3] ?? 10)
const rows = repeated(capture(), copies)
const session = {
  name: 'bench',
  instruments: { BTCUSDT: { tickSize: '0.1', lotSize: '0.001', quote: 'USDT' } },
  venue: { fees: { maker: '-0.00005', taker: '0.0007' }, partialFills: false },
}
const def: BacktestDefinition = defineBacktest(session, { BTCUSDT: rows }, process.argv[2] === 'a' ? idle() : requote(1))
for (let i = 0; i < Number(process.argv[4] ?? 3); i++) {
  const c = process.cpuUsage()
  const t = performance.now()
  const r = runBacktest(def)
  const u = process.cpuUsage(c)
  console.log((rows.length / (performance.now() - t) / 1000).toFixed(2), 'M rows/s', (rows.length / (u.user + u.system)).toFixed(2), 'cpu', r.events, r.counters.fills)
}
