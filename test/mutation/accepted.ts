import { ofSteps } from './accepted-steps.ts'

/**
 * Mutants that no test can kill, because what they change cannot be seen from outside. They count
 * as survivors all the same. Told by their text, so that an entry outlives edits around it; `at`,
 * the line they begin in, tells apart equal changes in one file.
 */
export type AcceptedMutant = {
  readonly file: string
  readonly at?: string
  readonly original: string
  readonly replacement: string
  readonly reason: string
}

/** Of the books, by reason. */
const ofBooks: Readonly<
  Record<
    string,
    readonly (readonly [path: string, at: string, original: string, replacement: string])[]
  >
> = {
  'A value that nothing ever reaches lies behind the levels that count.': [
    [
      'core/book/sorted-book.ts',
      'readonly #bids: Levels = { prices: [], qtys: [] }',
      '[]',
      '["Stryker was here"]',
    ],
    [
      'core/book/sorted-book.ts',
      'readonly #asks: Levels = { prices: [], qtys: [] }',
      '[]',
      '["Stryker was here"]',
    ],
  ],
  'Bits past the end of the window are never set on this side: the touch is kept in its middle.': [
    ['core/book/tick-bitmap.ts', 'return found >= low ? found : NO_BID', 'found >= low', 'true'],
    ['core/book/tick-bitmap.ts', 'return found <= high ? found : NO_ASK', 'found <= high', 'true'],
  ],
  'At equal prices the best price is set to what it is.': [
    [
      'core/book/window-book.ts',
      '} else if (price > this.bestBid) this.#improveBid(price)',
      'price > this.bestBid',
      'price >= this.bestBid',
    ],
    [
      'core/book/window-book.ts',
      '} else if (price < this.bestAsk) this.#improveAsk(price)',
      'price < this.bestAsk',
      'price <= this.bestAsk',
    ],
    [
      'core/book/window-book.ts',
      'if (price > this.bestBid) this.#improveBid(price)',
      'price > this.bestBid',
      'price >= this.bestBid',
    ],
    [
      'core/book/window-book.ts',
      'if (price < this.bestAsk) this.#improveAsk(price)',
      'price < this.bestAsk',
      'price <= this.bestAsk',
    ],
  ],
  'Of a tick with two sides the newer one has already taken it.': [
    [
      'core/book/window-book.ts',
      'while (this.bestAsk <= price) this.#setAsk(this.bestAsk, 0)',
      'this.bestAsk <= price',
      'this.bestAsk < price',
    ],
    [
      'core/book/window-book.ts',
      'while (this.bestBid >= price) this.#setBid(this.bestBid, 0)',
      'this.bestBid >= price',
      'this.bestBid > price',
    ],
  ],
  'A shortcut for an empty side: the search finds no level either.': [
    [
      'core/book/window-book.ts',
      'this.bestBid = this.#bidCount === 0 ? NO_BID : this.#nextBid(price - 1)',
      'this.#bidCount === 0',
      'false',
    ],
    [
      'core/book/window-book.ts',
      'this.bestAsk = this.#askCount === 0 ? NO_ASK : this.#nextAsk(price + 1)',
      'this.#askCount === 0',
      'false',
    ],
  ],
  'The level that is gone has no bit and no entry any more, so to look at its price again finds nothing.':
    [
      [
        'core/book/window-book.ts',
        'this.bestBid = this.#bidCount === 0 ? NO_BID : this.#nextBid(price - 1)',
        'price - 1',
        'price + 1',
      ],
      [
        'core/book/window-book.ts',
        'this.bestAsk = this.#askCount === 0 ? NO_ASK : this.#nextAsk(price + 1)',
        'price + 1',
        'price - 1',
      ],
    ],
  'The bests are inside the window when one is lost, so every far level is worse, whichever bound is asked.':
    [
      [
        'core/book/window-book.ts',
        'const inside = Math.min(from, this.#low + MASK)',
        'Math.min(from, this.#low + MASK)',
        'Math.max(from, this.#low + MASK)',
      ],
      [
        'core/book/window-book.ts',
        'if (best === NO_BID || from > this.#low + MASK) {',
        'best === NO_BID || from > this.#low + MASK',
        'true',
      ],
      [
        'core/book/window-book.ts',
        'if (best === NO_BID || from > this.#low + MASK) {',
        'from > this.#low + MASK',
        'false',
      ],
      [
        'core/book/window-book.ts',
        'if (best === NO_BID || from > this.#low + MASK) {',
        'from > this.#low + MASK',
        'from >= this.#low + MASK',
      ],
      [
        'core/book/window-book.ts',
        'if (best === NO_BID || from > this.#low + MASK) {',
        'from > this.#low + MASK',
        'from <= this.#low + MASK',
      ],
      [
        'core/book/window-book.ts',
        'if (best === NO_BID || from > this.#low + MASK) {',
        'this.#low + MASK',
        'this.#low - MASK',
      ],
      [
        'core/book/window-book.ts',
        'for (const price of this.#farBids.keys()) if (price <= from && price > best) best = price',
        'price <= from',
        'true',
      ],
      [
        'core/book/window-book.ts',
        'for (const price of this.#farBids.keys()) if (price <= from && price > best) best = price',
        'price <= from',
        'price < from',
      ],
      [
        'core/book/window-book.ts',
        'for (const price of this.#farBids.keys()) if (price <= from && price > best) best = price',
        'price > best',
        'price >= best',
      ],
      [
        'core/book/window-book.ts',
        'const inside = Math.max(from, this.#low)',
        'Math.max(from, this.#low)',
        'Math.min(from, this.#low)',
      ],
      [
        'core/book/window-book.ts',
        'if (best === NO_ASK || from < this.#low) {',
        'best === NO_ASK || from < this.#low',
        'true',
      ],
      [
        'core/book/window-book.ts',
        'if (best === NO_ASK || from < this.#low) {',
        'from < this.#low',
        'false',
      ],
      [
        'core/book/window-book.ts',
        'if (best === NO_ASK || from < this.#low) {',
        'from < this.#low',
        'from <= this.#low',
      ],
      [
        'core/book/window-book.ts',
        'if (best === NO_ASK || from < this.#low) {',
        'from < this.#low',
        'from >= this.#low',
      ],
      [
        'core/book/window-book.ts',
        'for (const price of this.#farAsks.keys()) if (price >= from && price < best) best = price',
        'price >= from',
        'true',
      ],
      [
        'core/book/window-book.ts',
        'for (const price of this.#farAsks.keys()) if (price >= from && price < best) best = price',
        'price >= from',
        'price > from',
      ],
      [
        'core/book/window-book.ts',
        'for (const price of this.#farAsks.keys()) if (price >= from && price < best) best = price',
        'price < best',
        'price <= best',
      ],
    ],
  'Where the window lies decides speed alone; #follow looks again in any case.': [
    [
      'core/book/window-book.ts',
      'if (bestBid >= low && bestBid < high && bestAsk >= low && bestAsk < high) return',
      'bestBid >= low && bestBid < high && bestAsk >= low && bestAsk < high',
      'false',
    ],
    [
      'core/book/window-book.ts',
      'if (bestBid >= low && bestBid < high && bestAsk >= low && bestAsk < high) return',
      'bestBid >= low && bestBid < high && bestAsk >= low',
      'bestBid >= low && bestBid < high || bestAsk >= low',
    ],
    [
      'core/book/window-book.ts',
      'if (bestBid >= low && bestBid < high && bestAsk >= low && bestAsk < high) return',
      'bestBid >= low && bestBid < high',
      'true',
    ],
    [
      'core/book/window-book.ts',
      'if (bestBid >= low && bestBid < high && bestAsk >= low && bestAsk < high) return',
      'bestBid >= low && bestBid < high',
      'bestBid >= low || bestBid < high',
    ],
    [
      'core/book/window-book.ts',
      'if (bestBid >= low && bestBid < high && bestAsk >= low && bestAsk < high) return',
      'bestBid >= low',
      'true',
    ],
    [
      'core/book/window-book.ts',
      'if (bestBid >= low && bestBid < high && bestAsk >= low && bestAsk < high) return',
      'bestBid >= low',
      'bestBid > low',
    ],
    [
      'core/book/window-book.ts',
      'if (bestBid >= low && bestBid < high && bestAsk >= low && bestAsk < high) return',
      'bestBid >= low',
      'bestBid < low',
    ],
    [
      'core/book/window-book.ts',
      'if (bestBid >= low && bestBid < high && bestAsk >= low && bestAsk < high) return',
      'bestBid < high',
      'true',
    ],
    [
      'core/book/window-book.ts',
      'if (bestBid >= low && bestBid < high && bestAsk >= low && bestAsk < high) return',
      'bestBid < high',
      'bestBid <= high',
    ],
    [
      'core/book/window-book.ts',
      'if (bestBid >= low && bestBid < high && bestAsk >= low && bestAsk < high) return',
      'bestBid < high',
      'bestBid >= high',
    ],
    [
      'core/book/window-book.ts',
      'if (bestBid >= low && bestBid < high && bestAsk >= low && bestAsk < high) return',
      'bestAsk >= low',
      'true',
    ],
    [
      'core/book/window-book.ts',
      'if (bestBid >= low && bestBid < high && bestAsk >= low && bestAsk < high) return',
      'bestAsk >= low',
      'bestAsk > low',
    ],
    [
      'core/book/window-book.ts',
      'if (bestBid >= low && bestBid < high && bestAsk >= low && bestAsk < high) return',
      'bestAsk >= low',
      'bestAsk < low',
    ],
    [
      'core/book/window-book.ts',
      'if (bestBid >= low && bestBid < high && bestAsk >= low && bestAsk < high) return',
      'bestAsk < high',
      'bestAsk <= high',
    ],
  ],
}

export const acceptedMutants: readonly AcceptedMutant[] = [
  {
    file: 'core/decimal.ts',
    original: 'scale >= value.scale',
    replacement: 'scale > value.scale',
    reason: 'At equal scales both branches multiply or divide by 1.',
  },
  {
    file: 'core/decimal.ts',
    original: 'numerator < 0n',
    replacement: 'numerator <= 0n',
    reason: 'Nothing times minus one is nothing, so the sign of 0 cannot be seen.',
  },
  {
    file: 'core/digest.ts',
    at: 'let rest = value < 0n ? -value : value',
    original: 'value < 0n',
    replacement: 'value <= 0n',
    reason: 'Nothing times minus one is nothing, so the sign of 0 cannot be seen.',
  },
  {
    file: 'core/random.ts',
    original: 'i < 4',
    replacement: 'i <= 4',
    reason: 'A typed array of four ignores what is written at its index 4.',
  },
  {
    file: 'core/codec.ts',
    original: 'need <= this.#bytes.length',
    replacement: 'need < this.#bytes.length',
    reason: 'A buffer that is exactly full grows one write early, which shows in no byte.',
  },
  {
    file: 'core/codec.ts',
    original: 'this.#bytes.length * 2',
    replacement: 'this.#bytes.length / 2',
    reason:
      'By how much the buffer grows decides speed alone: it grows to what is needed at least.',
  },
  {
    file: 'core/plain-data.ts',
    original: 'frozen.has(value)',
    replacement: 'false',
    reason: 'What is known to be frozen is frozen again: the set saves time alone.',
  },
  {
    file: 'core/event-codec.ts',
    at: "if (event.type === 'market.updated') {",
    original: "event.type === 'market.updated'",
    replacement: 'false',
    reason: 'The short way for the commonest Event writes the bytes of the general way.',
  },
  {
    file: 'core/event-codec.ts',
    at: "if (event.type === 'market.updated') {",
    original: "'market.updated'",
    replacement: '""',
    reason: 'The short way for the commonest Event writes the bytes of the general way.',
  },
  {
    file: 'core/risk/exposure-sums.ts',
    original: 'scope * this.#row + QUOTES',
    replacement: 'scope * this.#row - QUOTES',
    reason: 'The column of quotes is 0.',
  },
  {
    file: 'core/risk/exposure-sums.ts',
    original: 'at + QUOTES',
    replacement: 'at - QUOTES',
    reason: 'The column of quotes is 0.',
  },
  {
    file: 'core/risk/exposure-sums.ts',
    original: 'sign * shownSide',
    replacement: 'sign / shownSide',
    reason: 'To divide by 1 or -1 is to multiply by it.',
  },
  {
    file: 'core/risk/exposure-sums.ts',
    original: 'side === BUY',
    replacement: 'side !== BUY',
    reason: 'Which side has which column is a matter of this file alone.',
  },
  {
    file: 'core/risk/exposure-sums.ts',
    original: 'i < this.#sums.length',
    replacement: 'i <= this.#sums.length',
    reason: 'A typed array ignores what is written past its end.',
  },
  {
    file: 'core/risk/exposure.ts',
    original: 'this.#state.execution.work.queue.size > 0',
    replacement: 'true',
    reason: 'A shortcut for an empty queue, whose lanes hold nothing either.',
  },
  {
    file: 'core/risk/exposure.ts',
    original: 'this.#state.execution.work.queue.size > 0',
    replacement: 'this.#state.execution.work.queue.size >= 0',
    reason: 'A shortcut for an empty queue, whose lanes hold nothing either.',
  },
  {
    file: 'core/risk/loss.ts',
    original: 'maxDrawdown === null && maxRolling === null',
    replacement: 'false',
    reason: 'A shortcut: without a limit neither of the two questions below is asked.',
  },
  {
    file: 'core/risk/risk-engine.ts',
    at: "if (denied !== null) this.#scope = 'strategy'",
    original: 'denied !== null',
    replacement: 'true',
    reason: 'Nobody reads the scope of an Intent that is allowed.',
  },
  {
    file: 'core/risk/risk-engine.ts',
    original: 'loss === undefined',
    replacement: 'true',
    reason: 'A shortcut: equity cannot change within a step, so the answer is the same.',
  },
  {
    file: 'core/risk/risk-engine.ts',
    original: '!riskRules.needsExposure && own?.needsExposure !== true',
    replacement: 'false',
    reason: 'A shortcut: limits that are absent are infinite, so none of them denies.',
  },
  {
    file: 'core/risk/risk-engine.ts',
    original: 'filled === 0',
    replacement: 'false',
    reason: 'A shortcut: nothing filled leaves the whole quantity, worth the notional.',
  },
  {
    file: 'core/risk/risk-engine.ts',
    original: '!rules.needsQuotes',
    replacement: 'false',
    reason: 'A shortcut: limits that are absent are infinite, so none of them denies.',
  },
  {
    file: 'core/rules/rate-rules.ts',
    original: 'denominator > LARGEST',
    replacement: 'denominator >= LARGEST',
    reason: 'The denominator is a power of ten, which 4,000,000 is not.',
  },
  {
    file: 'core/execution-control/release.ts',
    original: 'groups > 1',
    replacement: 'true',
    reason: 'A shortcut: what leaves of one group is in order already.',
  },
  {
    file: 'core/execution-control/release.ts',
    original: 'groups > 1',
    replacement: 'groups >= 1',
    reason: 'A shortcut: what leaves of one group is in order already.',
  },
  {
    file: 'core/execution-control/release.ts',
    original: 'touched === null',
    replacement: 'false',
    reason: 'Nothing pending has the key null.',
  },
  {
    file: 'core/execution-control/validity.ts',
    original: 'touched === null',
    replacement: 'false',
    reason: 'Nothing pending has the key null.',
  },
  {
    file: 'core/execution-control/release.ts',
    original: 'due < this.rateDue',
    replacement: 'due <= this.rateDue',
    reason: 'At equal times the due time is set to what it is.',
  },
  ...Object.entries({ ...ofBooks, ...ofSteps }).flatMap(([reason, mutants]) =>
    mutants.map(([file, at, original, replacement]) => ({
      file,
      at,
      original,
      replacement,
      reason,
    })),
  ),
]
