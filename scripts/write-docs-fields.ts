/**
 * What each field of a configuration means, by its path. `scripts/write-docs.ts` makes the tables of
 * docs/configuration.md of these and of the schema, and refuses a path that one of both lacks.
 * `<symbol>` stands for any symbol, `[]` for any entry of a list.
 */
export const fieldMeanings: Readonly<Record<string, string>> = {
  $schema: 'Where an editor finds the schema; ignored by the runtime.',
  name: 'Name of the run: letters, digits, dot, underscore, hyphen. It names run directory and order ids.',
  seed: 'Seed of the random generators in State, one a strategy; recorded in the first Event.',

  data: 'One entry an instrument. Their order is the order of the instruments.',
  'data[].path':
    'npz, npy, raw capture or dataset (see [formats](formats.md)); relative to the configuration file.',
  'data[].synthetic': 'A generated market in place of a file.',
  'data[].instrument': 'Symbol of an instrument defined under `instruments`.',
  'data[].symbol': 'Raw captures and datasets: the symbol within the file, if it is another one.',
  'data[].stitch': 'Raw captures: repair a snapshot that is older than its diffs.',
  'data[].synthetic.seed': 'Equal seeds and options give equal rows on any machine.',
  'data[].synthetic.durationSeconds': 'Length of the market.',
  'data[].synthetic.rowsPerSecond': 'Mean rate; quiet periods have less, bursts more.',
  'data[].synthetic.midTicks': 'Fair price at the start, in ticks; 600000 if absent.',
  'data[].synthetic.depthTicks': 'Ticks from the best price to the deepest level; 200 if absent.',
  'data[].synthetic.orderLots': 'Mean size of an order; 400 if absent.',
  'data[].synthetic.volatilityTicks':
    'Standard deviation of the fair price over a second; 12 if absent.',
  'data[].synthetic.driftTicks': 'Steady movement of the fair price a second; 0 if absent.',
  'data[].synthetic.latencyNs': 'Least time of a message to the local side; 2000000 if absent.',
  'data[].synthetic.jitterNs': 'Mean of what comes on top of it; 1000000 if absent.',

  instruments: 'By symbol.',
  'instruments.<symbol>': 'One tradable instrument.',
  'instruments.<symbol>.tickSize':
    'Smallest step of a price. Prices in strategies are multiples of it.',
  'instruments.<symbol>.lotSize':
    'Smallest step of a quantity. Quantities in strategies are multiples of it.',
  'instruments.<symbol>.contractSize': 'Units of the underlying in one contract.',
  'instruments.<symbol>.kind':
    'Value of `q` contracts at price `p`: `linear` q × p, `inverse` q ÷ p.',
  'instruments.<symbol>.quote': 'Currency of cash and fees; for inverse contracts the base.',
  'instruments.<symbol>.quoteDecimals':
    'Money counts units of 10^-quoteDecimals; at least the decimals of tick × lot × contract.',
  'instruments.<symbol>.rateLimits':
    'A rate of its own. Without it the instrument shares the one under `rateLimits`.',
  'instruments.<symbol>.rateLimits.ordersPerSecond': 'NEW and REPLACE together.',
  'instruments.<symbol>.rateLimits.cancelsPerSecond': 'CANCEL.',

  venue: 'The simulated Venue; its law is [fill simulation](fill-simulation.md).',
  'venue.latency': 'Constant, or from a table of measured requests.',
  'venue.latency.entryNs': 'From our sending to the arrival at the Venue.',
  'venue.latency.responseNs': 'From the Venue to our receipt.',
  'venue.latency.table':
    'CSV with the header `req_ts,exch_ts,resp_ts` in epoch ns; relative to the configuration file.',
  'venue.latency.offsetNs': 'Added to each leg of the table.',
  'venue.queue': 'How the queue ahead of a resting order is thought to shrink.',
  'venue.queue.model': 'The formula; see [2.6](fill-simulation.md#26-resting-orders).',
  'venue.queue.n': 'Exponent of the power models, in steps of 0.125.',
  'venue.partialFills': '`false`: whatever touches an order executes all of it.',
  'venue.fees': 'Rates on the value of a fill; both or none.',
  'venue.fees.maker': 'Rate of a maker fill; negative is a rebate.',
  'venue.fees.taker': 'Rate of a taker fill.',
  'venue.compat':
    'Quirks of hftbacktest 0.9.4 at the Venue; see [2.9](fill-simulation.md#29-quirks).',

  strategy: 'What trades; this or `strategies`.',
  'strategy.module':
    '`builtin:market-maker`, or a module that exports `strategy`; relative to the configuration file.',
  'strategy.params': "Checked and converted by the strategy's own `params`.",

  strategies: 'Several strategies on one account, in order of evaluation; this or `strategy`.',
  'strategies[].name':
    'Namespace of its order ids, each name once: letters, digits, dot, underscore, hyphen.',
  'strategies[].module': 'As `strategy.module`.',
  'strategies[].params': 'As `strategy.params`.',
  'strategies[].risk':
    'Limits besides those of the account, held against what this strategy has open and has traded.',
  'strategies[].risk.maxPosition': 'Of the position that its own fills made.',
  'strategies[].risk.maxSingleOrderNotional': 'Largest value of one of its orders.',
  'strategies[].risk.maxGrossNotional': 'Of its own positions, the order, and its open orders.',
  'strategies[].risk.maxActiveQuotes': 'Most of its orders working or pending at once.',
  'strategies[].risk.maxGrossQuoteNotional': 'Largest sum of the values of its quotes.',
  'strategies[].risk.maxNetQuoteNotional':
    'Largest absolute difference of its bid and ask quote values.',
  'strategies[].risk.maxDrawdown': 'Loss of its own fills from which on it may do nothing new.',
  'strategies[].risk.maxRollingLoss': 'The same within a moving window.',
  'strategies[].risk.maxRollingLoss.amount': 'The loss.',
  'strategies[].risk.maxRollingLoss.windowSeconds': 'Length of the window.',
  'strategies[].risk.minOrderNotional': 'Smallest value of one of its orders.',

  risk: 'Policy limits; an absent one does not limit.',
  'risk.currency': 'Must be the `quote` of every instrument; that of the first if absent.',
  'risk.maxPosition':
    'Largest absolute position of one instrument in contracts, with everything open on the side counted as filled.',
  'risk.maxSingleOrderNotional': 'Largest value of one order.',
  'risk.maxGrossNotional':
    'Largest sum of the absolute position values at their mids, the order, and what is open on its side.',
  'risk.maxActiveQuotes': 'Most orders working or pending at once, this one included.',
  'risk.maxGrossQuoteNotional': 'Largest sum of the values of all quotes.',
  'risk.maxNetQuoteNotional': 'Largest absolute difference of bid and ask quote values.',
  'risk.maxDrawdown': 'Loss against the first known equity from which on nothing new is allowed.',
  'risk.maxRollingLoss': 'The same against the equity at the start of a moving window.',
  'risk.maxRollingLoss.amount': 'The loss.',
  'risk.maxRollingLoss.windowSeconds': 'Length of the window.',
  'risk.minOrderNotional': 'Smallest value of one order.',
  'risk.postOnlyMode':
    'Reason given for a post-only order that would trade: `POST_ONLY_WOULD_TRADE` (`reject`, and if absent) or `DROPPED_BY_POLICY` (`drop`).',

  rateLimits:
    'Requests a second, shared by every instrument without a rate of its own; absent is unlimited, `"0"` is never.',
  'rateLimits.ordersPerSecond': 'NEW and REPLACE together.',
  'rateLimits.cancelsPerSecond': 'CANCEL.',

  control: 'Rules of processing.',
  'control.order':
    'Which of an Execution Event and a Market Event due at the same time the Core sees first.',
  'control.tradingEnabled': 'Position of the trading switch at the start.',
  'control.cancelsPassInflight':
    'Lets a CANCEL leave while another request of its order is under way.',
  'control.onStrategyFailure':
    'A strategy that throws: end the run, or append `control.strategyDisabled` and go on.',
  'control.onAnomaly': 'A report that does not fit: append `control.anomaly`, or end the run.',
  'control.terminalOrdersKept': 'Ended orders kept in State before the oldest leaves.',
  'control.digestEvery': 'State is digested at every decision and every n-th position.',

  window: 'Part of the data, in local time; rows before it build the book.',
  'window.start': 'First local time; epoch nanoseconds or ISO 8601 in UTC.',
  'window.end': 'First local time that is not part of it.',
}
