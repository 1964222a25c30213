import { runBacktest } from '../../../runtime/backtest.ts'
import { defineBacktest } from '../../../runtime/config/define-backtest.ts'
import { recordMarket, runWorld } from '../../../runtime/worlds.ts'
import { capture, repeated } from './market.ts'
import { idle, requote } from './requote.ts'

const rows = repeated(capture(), 2)
const session = {
  name: 'bench',
  instruments: { BTCUSDT: { tickSize: '0.1', lotSize: '0.001', quote: 'USDT' } },
  venue: { fees: { maker: '-0.00005', taker: '0.0007' }, partialFills: false },
}
const kind = process.argv[2] ?? 'a'
const def = defineBacktest(
  session,
  { BTCUSDT: rows },
  kind === 'a' ? idle() : requote(1, kind === 'l' ? 2000 : 100),
)
const time = (f: () => void) => {
  const c = process.cpuUsage()
  f()
  const u = process.cpuUsage(c)
  return (u.user + u.system) / 1000
}
let hash = ''
const alone: number[] = [],
  worlds: number[] = []
const n = Number(process.argv[3] ?? 15)
for (let i = 0; i < n; i++)
  alone.push(
    time(() => {
      hash = runBacktest(def).eventLogHash
    }),
  )
let m: ReturnType<typeof recordMarket> | null = null
console.log(
  'record',
  time(() => {
    m = recordMarket(def.feed)
  }),
)
for (let i = 0; i < n; i++)
  worlds.push(
    time(() => {
      const h = runWorld(def, m!).eventLogHash
      if (h !== hash) throw new Error('differs')
    }),
  )
const med = (x: number[]) => x.toSorted((a, b) => a - b)[x.length >> 1]!
console.log(
  kind,
  'alone',
  med(alone).toFixed(1),
  'world',
  med(worlds).toFixed(1),
  'ratio',
  (med(alone) / med(worlds)).toFixed(2),
)
