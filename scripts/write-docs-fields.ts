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
    'Value of `q` contracts at price `p`: `linear` and `quanto` q × p, `inverse` q ÷ p.',
  'instruments.<symbol>.multiplier':
    'Of `quanto`, and of no other kind: money of `quote` for one contract and a price of 1; times `contractSize`.',
  'instruments.<symbol>.quote':
    'Currency of cash and fees; of an inverse contract the base, of a quanto the third currency.',
  'instruments.<symbol>.quoteDecimals':
    'Money counts units of 10^-quoteDecimals; at least the decimals of tick × lot × contract.',
  'instruments.<symbol>.rateLimits':
    'A rate of its own. Without it the instrument shares the one under `rateLimits`.',
  'instruments.<symbol>.rateLimits.ordersPerSecond': 'NEW and REPLACE together.',
  'instruments.<symbol>.rateLimits.cancelsPerSecond': 'CANCEL.',

  venue: 'The simulated Venue; its law is [fill simulation](fill-simulation.md).',
  'venue.latency': 'Constant, from a table of measured requests, or drawn at random.',
  'venue.latency.entryNs': 'From our sending to the arrival at the Venue.',
  'venue.latency.responseNs': 'From the Venue to our receipt.',
  'venue.latency.table':
    'CSV with the header `req_ts,exch_ts,resp_ts` in epoch ns; relative to the configuration file.',
  'venue.latency.offsetNs': 'Added to each leg of the table.',
  'venue.latency.entry': 'From our sending to the arrival: one delay, or one for each request.',
  'venue.latency.entry.new': 'Of a NEW.',
  'venue.latency.entry.replace': 'Of a REPLACE.',
  'venue.latency.entry.cancel': 'Of a CANCEL.',
  'venue.latency.response': 'From the Venue to our receipt.',
  'venue.latency.load': 'What market rows of the instrument add while there are many.',
  'venue.latency.load.windowNs': 'How far back rows count, in the time of the Venue.',
  'venue.latency.load.thresholdRows': 'Rows within the window that add nothing.',
  'venue.latency.load.entryPerRowNs': 'What each row beyond them adds to a request.',
  'venue.latency.load.responsePerRowNs': 'What each row beyond them adds to a report.',
  'venue.queue': 'How the queue ahead of a resting order is thought to shrink.',
  'venue.queue.model': 'The formula; see [2.6](fill-simulation.md#26-resting-orders).',
  'venue.queue.n': 'Exponent of the power models, in steps of 0.125.',
  'venue.partialFills': '`false`: whatever touches an order executes all of it.',
  'venue.fees': 'Rates on the value of a fill, another fee, or the sum of several.',
  'venue.fees.sum': 'Fees that are paid together; each is rounded by itself.',
  'venue.rules':
    'Rules of the exchange, each off if absent; see [2.11](fill-simulation.md#211-exchange-rules).',
  'venue.rules.requestLimits': 'How many requests are let in; all of them must.',
  'venue.rules.requestLimits[].kinds': 'Which requests count together: `new`, `replace`, `cancel`.',
  'venue.rules.requestLimits[].requests': 'Most of them within the window.',
  'venue.rules.requestLimits[].windowSeconds': 'Length of the window, which slides.',
  'venue.rules.tickMultiple': 'Limit prices are multiples of so many ticks.',
  'venue.rules.lotMultiple': 'Quantities are multiples of so many lots.',
  'venue.rules.minQty': 'Least quantity of an order.',
  'venue.rules.maxQty': 'Largest quantity of an order.',
  'venue.rules.minNotional': 'Least value of an order, in the money of the instrument.',
  'venue.rules.priceBand': 'How far a limit price may be from a reference.',
  'venue.rules.priceBand.around':
    'The reference: the mid of the book, or the price of the last trade.',
  'venue.rules.priceBand.ticks': 'Width to both sides in ticks.',
  'venue.rules.priceBand.percent': 'Width to both sides in percent of the reference.',
  'venue.rules.postOnly':
    'A post-only order that would take: accepted and expired (`expire`, and if absent), refused, or placed behind the other side.',
  'venue.rules.selfTrade':
    'Which of two orders of ours that would trade with each other ends; neither (`none`) if absent.',
  'venue.funding': 'Funding payments; see [2.12](fill-simulation.md#212-funding).',
  'venue.funding[].instrument': 'Whose position pays or receives.',
  'venue.funding[].time': 'When, in the time of the Venue; epoch nanoseconds or ISO 8601 in UTC.',
  'venue.funding[].rate':
    'Share of the value of the position that longs pay to shorts; negative the reverse.',
  'venue.funding[].mark': 'Price of the value; the mid if absent.',
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

  'delay.model': 'The distribution; see [2.4](fill-simulation.md#24-latency-and-the-order-bus).',
  'delay.ns': 'The delay of every message.',
  'delay.meanNs': 'Mean; of `exponential` above its base.',
  'delay.sdNs': 'Standard deviation.',
  'delay.medianNs': 'Median above the base.',
  'delay.sigma': 'Standard deviation of the logarithm.',
  'delay.baseNs': 'Added to what is drawn; 0 if absent.',
  'delay.minNs': 'Less counts as this; 0 if absent.',
  'delay.maxNs': 'More counts as this; a day if absent.',
  'delay.samplesNs': 'Measured delays; each is as likely as it is often listed.',
  'delay.quantiles': 'Share of the messages that take at most so long; linear in between.',
  'delay.quantiles[].p': 'The share; it rises from 0 in the first row to 1 in the last.',
  'delay.quantiles[].ns': 'The delay; it never falls.',

  'fee.model': 'What a fee is for, `value` if absent; see [2.10](fill-simulation.md#210-fees).',
  'fee.maker': 'Rate, or amount of money, of a maker fill; negative is a rebate.',
  'fee.taker': 'The same of a taker fill.',
  'fee.per':
    'What an amount is for: a lot, or 1 of the quantity; a fill, or the first one of an order.',
  'fee.buy': 'Rates of fills that buy.',
  'fee.buy.maker': 'As `fee.maker`.',
  'fee.buy.taker': 'As `fee.taker`.',
  'fee.sell': 'Rates of fills that sell.',
  'fee.sell.maker': 'As `fee.maker`.',
  'fee.sell.taker': 'As `fee.taker`.',
  'fee.windowSeconds': 'How far back traded value counts; the whole session if absent.',
  'fee.tiers': 'Rates by the value traded before, in the money of the instrument.',
  'fee.tiers[].from': 'The traded value from which the rates hold; 0 in the first row, rising.',
  'fee.tiers[].maker': 'As `fee.maker`.',
  'fee.tiers[].taker': 'As `fee.taker`.',
}
