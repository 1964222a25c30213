/** Digests, chance, units, keys, limits and errors by example: numbers that must never change. */
import { readFileSync } from 'node:fs'
import {
  AssertionFailure,
  assert,
  BUY,
  CodedError,
  changesFromPlain,
  changesToPlain,
  compare,
  Digest,
  decimal,
  defaultControlRules,
  digestHex,
  divideHalfEven,
  errorCatalog,
  formatDecimal,
  formatOrderKey,
  MoneyRule,
  micros,
  millis,
  NANOS_MAX,
  orderCounter,
  orderKey,
  orderNamespace,
  parseDecimal,
  powerOfTen,
  Random,
  ratesToPlain,
  riskToPlain,
  SELL,
  seconds,
  toScale,
  unitsPerLot,
  unreachable,
} from '@escapement/core'
import { describe, expect, test } from 'vitest'
import { inverse, linear } from '../kit/configuration.ts'

describe('a digest', () => {
  test.each([
    ['nothing', new Digest(), '8be784bc64d20cbb'],
    ['a word', new Digest().u32(1), '577f702f1ff19b51'],
    ['integers', new Digest().int(-5).int(2 ** 40 + 3), '11732e5a45173346'],
    [
      'bigints',
      new Digest()
        .big(0n)
        .big(-1n)
        .big(2n ** 70n + 9n),
      '68109ccc97ed263e',
    ],
    ['a text', new Digest().text('añ😀'), '3bb95309fe1bdd59'],
  ])('of %s never changes', (_, digest, hex) => {
    expect(digest.hex()).toBe(hex)
    expect(digestHex(digest.high(), digest.low())).toBe(hex)
    expect(Number.parseInt(hex.slice(0, 8), 16)).toBe(digest.high())
    expect(Number.parseInt(hex.slice(8), 16)).toBe(digest.low())
  })

  test('reads an integer as two words and a bigint by its sign and size', () => {
    const hex = (write: (digest: Digest) => Digest) => write(new Digest()).hex()
    expect(hex((d) => d.int(2 ** 32 + 5))).toBe(hex((d) => d.u32(5).u32(1)))
    expect(hex((d) => d.int(-1))).toBe(hex((d) => d.u32(-1).u32(-1)))
    expect(hex((d) => d.big(0n))).toBe(hex((d) => d.u32(0).u32(0).u32(1)))
    expect(hex((d) => d.big(-(2n ** 32n) - 7n))).toBe(hex((d) => d.u32(1).u32(7).u32(1).u32(2)))
    expect(hex((d) => d.text('ab'))).toBe(hex((d) => d.u32(97).u32(98).u32(2)))
  })

  test('starts over as if it were new', () => {
    expect(new Digest().u32(9).reset().u32(1).hex()).toBe(new Digest().u32(1).hex())
  })

  test('has sixteen digits, whatever the halves are', () => {
    expect(digestHex(1, -1)).toBe('00000001ffffffff')
    expect(digestHex(-1, 10)).toBe('ffffffff0000000a')
  })
})

describe('the seeded generator', () => {
  test.each([
    [0, [1_789_933_344, 44_971_166, 2_521_387_044, 3_848_737_593]],
    [7, [210_494_603, 711_084_892, 3_993_689_120, 4_089_369_890]],
    [2 ** 32 + 7, [210_494_603, 711_084_892, 3_993_689_120, 4_089_369_890]],
  ])('draws the same from seed %i for ever', (seed, drawn) => {
    const random = new Random(seed)
    expect(drawn.map(() => random.next())).toEqual(drawn)
  })

  test('draws fractions and integers within their bounds', () => {
    const unit = new Random(7)
    expect([unit.unit(), unit.unit()]).toEqual([0.04900959390215576, 0.16556235309690237])
    const ints = new Random(7)
    expect([ints.integer(-3, 3), ints.integer(-3, 3), ints.integer(-3, 3)]).toEqual([-3, -2, 3])
    expect(ints.integer(5, 5)).toBe(5)
  })

  test('goes on from its four words, and is digested by them', () => {
    const random = new Random(7)
    const words = [3_838_393_609, 4_210_744_933, 801_465_066, 1_648_156_487]
    expect(random.snapshot()).toEqual(words)
    expect(Random.restore(words).next()).toBe(210_494_603)
    const digest = new Digest()
    random.digest(digest)
    expect(digest.hex()).toBe('3b11cbc09d38060f')
  })
})

describe('units', () => {
  test('of time are whole nanoseconds', () => {
    expect([micros(1.0004), millis(1.5), seconds(0.25)]).toEqual([1000, 1_500_000, 250_000_000])
    expect(micros(0.0006)).toBe(1)
    expect(NANOS_MAX).toBe(2 ** 53 - 1)
    expect([BUY, SELL]).toEqual([1, -1])
  })

  test('keys hold a namespace and a counter', () => {
    const key = orderKey(3, 9)
    expect(key).toBe(3 * 2 ** 40 + 9)
    expect([orderNamespace(key), orderCounter(key)]).toEqual([3, 9])
    expect(formatOrderKey(key, ['a', 'b', 'c', 'maker'])).toBe('maker-9')
    expect(formatOrderKey(key, ['a'])).toBe('3-9')
  })
})

describe('decimals at their edges', () => {
  test('keep their sign and their zeros', () => {
    expect(formatDecimal(decimal(-5n, 3))).toBe('-0.005')
    expect(formatDecimal(decimal(5n, 0))).toBe('5')
    expect(formatDecimal(decimal(1200n, 1))).toBe('120')
    expect(decimal(1200n, 1)).toEqual({ digits: 120n, scale: 0 })
    expect(powerOfTen(0)).toBe(1n)
    expect(powerOfTen(3)).toBe(1000n)
  })

  test('are refused with what was found and what is needed', () => {
    expect(() => parseDecimal('1e3')).toThrow(
      expect.objectContaining({
        code: 'ESC_CONFIG_DECIMAL',
        facts: {
          field: 'decimal',
          found: '"1e3"',
          needed: 'a plain decimal in quotes such as "0.01"',
        },
      }),
    )
    expect(() => parseDecimal('x1')).toThrow(CodedError)
    expect(() => parseDecimal('1x')).toThrow(CodedError)
  })

  test('compare across scales', () => {
    expect(compare(parseDecimal('0.5'), parseDecimal('0.50'))).toBe(0)
    expect(compare(parseDecimal('1'), parseDecimal('0.999'))).toBe(1)
    expect(compare(parseDecimal('-1'), parseDecimal('0.1'))).toBe(-1)
    expect(toScale(parseDecimal('7'), 0)).toBe(7n)
    expect(toScale({ digits: 120n, scale: 2 }, 1)).toBe(12n)
    expect(toScale(parseDecimal('0.125'), 2)).toBeNull()
  })

  test('round half to even on both sides of nothing', () => {
    const rounded = [1n, 2n, 3n, 4n, 5n, 6n].map((n) => divideHalfEven(n, 4n))
    expect(rounded).toEqual([0n, 0n, 1n, 1n, 1n, 2n])
    expect([-1n, -2n, -3n, -6n].map((n) => divideHalfEven(n, 4n))).toEqual([0n, 0n, -1n, -2n])
    expect(divideHalfEven(-7n, -2n)).toBe(4n)
  })
})

describe('money', () => {
  test('says which field is too coarse, and how fine it must be', () => {
    expect(() => new MoneyRule({ ...linear, quoteDecimals: 3 })).toThrow(
      expect.objectContaining({
        facts: {
          field: 'instruments.LIN.quoteDecimals',
          found: '3',
          needed: 'at least 4, the decimals of tickSize x lotSize x contractSize',
        },
      }),
    )
    expect(() => unitsPerLot({ ...linear, qtyDecimals: 2 })).toThrow(
      expect.objectContaining({
        code: 'ESC_CONFIG_INVALID',
        facts: {
          field: 'instruments.LIN.qtyDecimals',
          found: '2',
          needed: 'at least 3, the decimals of lotSize',
        },
      }),
    )
  })

  test('of an inverse contract needs a price above nothing, and may have fractional lots', () => {
    const rule = new MoneyRule(inverse)
    expect(() => rule.amount(0, 1)).toThrow(AssertionFailure)
    expect(() => rule.amount(-1, 1)).toThrow(
      'an inverse amount needs a positive price, not -1 ticks',
    )
    expect(rule.amount(1, 1)).toBe(200_000_000n)
    expect(rule.amountAtMid(1, 3, 5)).toBe(500_000_000n)
    // Lots of 0.1 contract: 0.1 / (2 x 0.5) = 0.1 BTC.
    const tenth = new MoneyRule({ ...inverse, lotSize: parseDecimal('0.1') })
    expect(tenth.amount(2, 1)).toBe(10_000_000n)
  })
})

describe('limits as plain data', () => {
  const amount = parseDecimal('1.5')
  const risk = {
    maxPosition: amount,
    maxSingleOrderNotional: amount,
    maxGrossNotional: amount,
    maxActiveQuotes: 3,
    maxGrossQuoteNotional: amount,
    maxNetQuoteNotional: amount,
    maxDrawdown: amount,
    maxRollingLoss: { amount, windowNs: 9 },
    minOrderNotional: amount,
    postOnlyMode: 'drop',
  } as const

  test('are decimals as text, each under its own name', () => {
    expect(riskToPlain(risk)).toEqual({
      ...Object.fromEntries(Object.keys(risk).map((key) => [key, '1.5'])),
      maxActiveQuotes: 3,
      maxRollingLoss: { amount: '1.5', windowNs: 9 },
      postOnlyMode: 'drop',
    })
    expect(ratesToPlain({ orders: amount, cancels: decimal(0n, 0) })).toEqual({
      orders: '1.5',
      cancels: '0',
    })
  })

  test('of single strategies and instruments are lists, with null for none', () => {
    expect(changesToPlain({ ownRisk: [null, risk], ownRates: [{ orders: amount }, null] })).toEqual(
      {
        ownRisk: [null, riskToPlain(risk)],
        ownRates: [{ orders: '1.5' }, null],
      },
    )
  })

  test('absent stay absent, both ways', () => {
    expect([riskToPlain({}), ratesToPlain({}), changesToPlain({})]).toEqual([{}, {}, {}])
    expect(Object.keys(riskToPlain({}) as object)).toEqual([])
    expect(changesFromPlain({})).toStrictEqual({})
    expect(changesFromPlain({ risk: {}, rateLimits: {} })).toStrictEqual({
      risk: {},
      rateLimits: {},
    })
  })

  test.each([
    { risk },
    { rateLimits: { orders: amount, cancels: amount } },
    { rateLimits: { orders: amount } },
    { rateLimits: { cancels: amount } },
    { risk, rateLimits: {} },
    { ownRisk: [risk, null], ownRates: [null, { orders: amount }] },
  ])('are read as they were written: %#', (changes) => {
    expect(changesFromPlain(changesToPlain(changes))).toStrictEqual(changes)
  })

  test('that are no decimals are refused by their name', () => {
    expect(() => changesFromPlain({ risk: { maxDrawdown: 'much' } })).toThrow(/at maxDrawdown/)
    expect(() => changesFromPlain({ risk: { maxDrawdown: 1.5 } })).not.toThrow()
  })

  test('have defaults where a configuration says nothing', () => {
    expect(defaultControlRules).toEqual({
      tradingEnabled: true,
      cancelsPassInflight: false,
      onStrategyFailure: 'halt',
      onAnomaly: 'record',
      terminalOrdersKept: 256,
      digestEvery: 10_000,
    })
  })
})

describe('an error', () => {
  test('says code, meaning, place, what was found, what is needed and what to do', () => {
    const cause = new Error('below')
    const facts = {
      file: 'a.csv',
      line: 3,
      row: 2,
      field: 'qty',
      found: '-1',
      needed: 'more',
      hint: 'look',
    }
    const error = new CodedError('ESC_DATA_QTY', facts, { cause })
    expect(error.message).toBe(
      'ESC_DATA_QTY: A row has a quantity that is negative or not finite.; ' +
        'at a.csv, line 3, row 2, qty; found -1; needed more; look',
    )
    expect([error.name, error.code, error.facts, error.cause]).toEqual([
      'CodedError',
      'ESC_DATA_QTY',
      facts,
      cause,
    ])
    expect(new CodedError('ESC_USAGE').message).toBe(
      'ESC_USAGE: The command line is not understood.',
    )
  })

  test('means what the page of errors says', () => {
    const page = readFileSync(new URL('../../docs/errors.md', import.meta.url), 'utf8')
    const rows = Object.entries(errorCatalog).map(
      ([code, meaning]) => `| \`${code}\` | ${meaning} |`,
    )
    expect(rows.filter((row) => !page.includes(row))).toEqual([])
    expect(page.split('\n').filter((line) => line.startsWith('| `'))).toHaveLength(rows.length)
  })

  test('of our own is an assertion', () => {
    expect(() => assert(false, 'so')).toThrow(new AssertionFailure('so'))
    expect(() => assert(true, 'so')).not.toThrow()
    expect(new AssertionFailure('so').name).toBe('AssertionFailure')
    expect(() => unreachable('x' as never)).toThrow('unreachable value x')
  })

  test.each<[string, unknown, string]>([
    ['nothing', null, 'null'],
    [
      'an object, by its fields',
      { type: 'a.b', fee: 3n, to: null },
      '{ type: a.b, fee: 3, to: null }',
    ],
    ['200 characters, whole', { a: 'x'.repeat(193) }, `{ a: ${'x'.repeat(193)} }`],
    ['more, cut off', { a: 'x'.repeat(194) }, `{ a: ${'x'.repeat(194)} ...`],
  ])('of an unreachable value says what it is: %s', (_name, value, said) => {
    expect(() => unreachable(value as never)).toThrow(
      new AssertionFailure(`unreachable value ${said}`),
    )
  })
})
