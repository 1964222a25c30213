import { double, int64, money, nullable, price, qty, type TableSchema, text } from './table.ts'

/**
 * The tables of a run, column by column: what docs/tables.md says. Times are epoch ns; prices,
 * quantities and money are exact decimals, beside ticks and lots.
 */
export const fillsSchema = {
  position: int64('place of the Event in the stream'),
  time_ns: int64('receipt'),
  exch_time_ns: int64('execution, by the Venue'),
  instrument: text('symbol'),
  strategy: text('whose order it was'),
  order: text('order, as files and logs print it'),
  exec_id: int64('number of the execution'),
  side: text('`buy` or `sell`'),
  price: price('of this execution'),
  price_ticks: int64('the same in ticks'),
  qty: qty('of this execution'),
  qty_lots: int64('the same in lots'),
  cum_lots: int64('of the order, filled so far'),
  leaves_lots: int64('of the order, left'),
  value: money('unsigned, in the quote currency'),
  liquidity: text('`maker` or `taker`'),
  fee: money('positive was paid'),
  cause: text('`trade`, `cross`, `take` or `unknown`'),
  cause_row: nullable(int64('row of the dataset that caused it')),
  queue_before: double('estimated quantity ahead before the cause'),
  queue_after: double('and after it'),
} satisfies TableSchema

export const ordersSchema = {
  order: text('order, as files and logs print it'),
  strategy: text('whose it is'),
  instrument: text('symbol'),
  side: text('`buy` or `sell`'),
  order_type: text('`limit` or `market`'),
  time_in_force: text('`GTC`, `IOC`, `FOK` or `postOnly`'),
  position: int64('place of its submission in the stream'),
  submitted_ns: int64('local time of sending'),
  accepted_ns: nullable(int64('receipt of the acknowledgement')),
  accepted_exch_ns: nullable(int64('acceptance, by the Venue')),
  first_fill_ns: nullable(int64('receipt of the first fill')),
  first_fill_exch_ns: nullable(int64('first fill, by the Venue')),
  ended_ns: nullable(int64('receipt of its end')),
  price: nullable(price('last price; of a market order none')),
  price_ticks: nullable(int64('the same in ticks')),
  qty: qty('last total quantity'),
  qty_lots: int64('the same in lots'),
  filled_lots: int64('executed'),
  fills: int64('number of executions'),
  replaces: int64('replaces that the Venue applied'),
  end: text('`filled`, `canceled`, `rejected`, `expired`, `disposed` or `open`'),
  reason: nullable(text("the Venue's own words")),
} satisfies TableSchema

export const equitySchema = {
  time_ns: int64('decision'),
  instrument: text('symbol'),
  position: qty('signed'),
  position_lots: int64('the same in lots'),
  equity: nullable(money('of this instrument, at the mid; unknown while a side is empty')),
  bid: nullable(price('best, in the local view')),
  bid_ticks: nullable(int64('the same in ticks')),
  ask: nullable(price('best, in the local view')),
  ask_ticks: nullable(int64('the same in ticks')),
} satisfies TableSchema

export const decisionsSchema = {
  position: int64('place of the record in the stream'),
  time_ns: int64('local time'),
  strategy: text('who decided'),
  order: text('order, as files and logs print it'),
  request: text('`new`, `replace` or `cancel`'),
  outcome: text('`sent`, `failed` or `denied`'),
  reason: nullable(text('of what was not sent')),
  instrument: nullable(text('symbol; unknown of an order that was never sent')),
  side: nullable(text('`buy` or `sell`')),
  price: nullable(price('of a new order; a replace says it when it is applied')),
  price_ticks: nullable(int64('the same in ticks')),
  qty_lots: nullable(int64('of a new order')),
  bid_ticks: nullable(int64('best bid that the last decision saw')),
  ask_ticks: nullable(int64('best ask that the last decision saw')),
} satisfies TableSchema

export const quotesSchema = {
  order: text('order, as files and logs print it'),
  strategy: text('whose it is'),
  instrument: text('symbol'),
  side: text('`buy` or `sell`'),
  price: price('at which it rested'),
  price_ticks: int64('the same in ticks'),
  qty: qty('left to fill when it took the price'),
  qty_lots: int64('the same in lots'),
  from_exch_ns: int64('since when, by the Venue'),
  until_exch_ns: nullable(int64('until when; unknown of one that the run left there')),
  filled_lots: int64('executed at this price'),
  end: text('`filled`, `replaced`, `canceled`, `expired`, `disposed` or `open`'),
} satisfies TableSchema

export const markoutsSchema = {
  order: text('order, as files and logs print it'),
  instrument: text('symbol'),
  exec_id: int64('number of the execution'),
  exch_time_ns: int64('execution, by the Venue'),
  horizon_ns: int64('how long after the fill'),
  mids: text('`market`: each change at the Venue; `samples`: what decisions saw'),
  bid_ticks: nullable(int64('best bid then; null where it is not known')),
  ask_ticks: nullable(int64('best ask then; null where it is not known')),
  value: nullable(money('what closing at the mid would have made, fees apart')),
} satisfies TableSchema

export const metricsSchema = {
  metric: text('name, as in docs/statistics.md'),
  instrument: nullable(text('symbol; null of the whole account')),
  horizon_ns: nullable(int64('of a markout')),
  value: nullable(double('nearest float64; null where the metric is not known')),
  exact: nullable(money('of money: the exact amount')),
  unit: text('currency, `ns`, `lots`, `bp`, `count` or `ratio`'),
} satisfies TableSchema

export const resultsSchema = {
  run: text('id'),
  status: text('`done` or `failed`'),
  parameters: text('JSON, names in order of code units'),
  metric: text('name'),
  value: nullable(double('null of a failed run, or where the metric is not known')),
  trials: int64('everything that was tried'),
  deflated_sharpe: nullable(double("of the run's Sharpe ratio, given the trials")),
} satisfies TableSchema

/** Every table by name. */
export const tableSchemas = {
  fills: fillsSchema,
  orders: ordersSchema,
  equity: equitySchema,
  decisions: decisionsSchema,
  quotes: quotesSchema,
  markouts: markoutsSchema,
  metrics: metricsSchema,
  results: resultsSchema,
} satisfies Readonly<Record<string, TableSchema>>
