/**
 * Decimals and money. Decimals are held against rationals of bigint; money against amounts worked
 * out by hand.
 */
import {
  type CodedError,
  compare,
  type Decimal,
  decimal,
  divideHalfEven,
  formatDecimal,
  MoneyRule,
  multiply,
  parseDecimal,
  powerOfTen,
  toNumber,
  toScale,
  unitsPerLot,
} from '@escapement/core'
import { fc, test as propertyTest } from '@fast-check/vitest'
import { describe, expect, test } from 'vitest'
import { inverse, linear } from '../kit/configuration.ts'

const someDecimal = fc
  .tuple(fc.bigInt({ min: -(10n ** 30n), max: 10n ** 30n }), fc.integer({ min: 0, max: 24 }))
  .map(([digits, scale]) => decimal(digits, scale))

describe('a decimal', () => {
  test.each([
    ['0.001', '0.001'],
    ['-12', '-12'],
    ['+1.50', '1.5'],
    ['007.10', '7.1'],
    ['-0.0', '0'],
    ['100', '100'],
    ['0.1000000000000000055511151231257827', '0.1000000000000000055511151231257827'],
  ])('written %s reads as %s exactly', (text, canonical) => {
    expect(formatDecimal(parseDecimal(text))).toBe(canonical)
  })

  test.each(['', '.5', '5.', '1e3', ' 1', '1 ', '0x1', '1,000', '--1', 'NaN', '١'])(
    'written %j is refused, and the field is named',
    (text) => {
      expect(() => parseDecimal(text, 'risk.maxPosition')).toThrow(
        expect.objectContaining({ code: 'ESC_CONFIG_DECIMAL' } satisfies Partial<CodedError>),
      )
      expect(() => parseDecimal(text, 'risk.maxPosition')).toThrow(/risk\.maxPosition/)
    },
  )

  propertyTest.prop([someDecimal])('survives being written and read', (value) => {
    expect(parseDecimal(formatDecimal(value))).toEqual(value)
  })

  propertyTest.prop([someDecimal, someDecimal])('compares and multiplies as a rational', (a, b) => {
    const left = a.digits * powerOfTen(b.scale)
    const right = b.digits * powerOfTen(a.scale)
    expect(compare(a, b)).toBe(left < right ? -1 : left > right ? 1 : 0)
    expect(multiply(a, b)).toEqual(decimal(a.digits * b.digits, a.scale + b.scale))
  })

  test('is counted in coarser units only when that is exact', () => {
    expect(toScale(parseDecimal('1.25'), 3)).toBe(1250n)
    expect(toScale(parseDecimal('1.25'), 2)).toBe(125n)
    expect(toScale(parseDecimal('1.25'), 1)).toBeNull()
    expect(toNumber(parseDecimal('-0.1'))).toBe(-0.1)
  })
})

describe('rounding half to even', () => {
  test.each([
    [5n, 2n, 2n],
    [7n, 2n, 4n],
    [-5n, 2n, -2n],
    [-7n, 2n, -4n],
    [5n, -2n, -2n],
    [51n, 20n, 3n],
    [49n, 20n, 2n],
    [0n, 3n, 0n],
  ])('%s / %s is %s', (numerator, denominator, quotient) => {
    expect(divideHalfEven(numerator, denominator)).toBe(quotient)
  })

  propertyTest.prop([fc.bigInt(), fc.bigInt({ min: 1n })])(
    'is never off by more than half',
    (n, d) => {
      const error = 2n * (divideHalfEven(n, d) * d - n)
      expect(error <= d && error >= -d).toBe(true)
      if (error === d || error === -d) expect(divideHalfEven(n, d) % 2n).toBe(0n)
    },
  )
})

describe('money', () => {
  const money = new MoneyRule(linear)
  const btc = new MoneyRule(inverse)

  test('of a linear contract is price x quantity x contract, exactly', () => {
    // 61,234.5 x 0.003 = 183.7035, in units of 10^-8.
    expect(money.amount(612_345, 3)).toBe(18_370_350_000n)
    const big = new MoneyRule({ ...linear, contractSize: parseDecimal('0.0001') })
    expect(big.amount(1, 1)).toBe(1n)
    expect(() => new MoneyRule({ ...linear, contractSize: parseDecimal('0.00001') })).toThrow(
      expect.objectContaining({ code: 'ESC_CONFIG_INVALID' }),
    )
  })

  const lots = fc.integer({ min: 1, max: 2 ** 40 })
  const ticks = fc.integer({ min: 1, max: 2 ** 31 - 1 })
  propertyTest.prop([ticks, lots, lots])('of a linear contract is additive', (price, a, b) => {
    expect(money.amount(price, a) + money.amount(price, b)).toBe(money.amount(price, a + b))
  })

  test('of an inverse contract is contracts / price, rounded half to even', () => {
    // 100 USD at 40,000.0 (80,000 ticks of 0.5) = 0.0025 BTC.
    expect(btc.amount(80_000, 100)).toBe(250_000n)
    // 1 USD at 30,000.0 = 0.0000333... BTC = 3333.33 units.
    expect(btc.amount(60_000, 1)).toBe(3333n)
    // 10^8 / price half way between two units: price 16 x 10^6 gives 6.25; 2.5 at 4 x 10^7.
    expect(btc.amount(80_000_000, 1)).toBe(2n)
    // ... and 3.5 / 1 rounds to 4: 7 contracts at 2 x 10^8.
    expect(btc.amount(400_000_000, 7)).toBe(4n)
    expect(() => btc.amount(0, 1)).toThrow(/positive price/)
  })

  propertyTest.prop([ticks, lots])('of an inverse contract is within half a unit', (price, qty) => {
    // amount = qty / (price x 0.5) x 10^8 = 2 x 10^8 x qty / price
    const error = 2n * (btc.amount(price, qty) * BigInt(price) - 200_000_000n * BigInt(qty))
    expect(error <= BigInt(price) && -error <= BigInt(price)).toBe(true)
  })

  test('at a mid between two ticks is exact to half a tick', () => {
    expect(money.amountAtMid(100, 101, 1)).toBe(10_050n * 100n)
    expect(money.amountAtMid(100, 100, 5)).toBe(money.amount(100, 5))
    // Inverse at (3 + 4) / 2 = 3.5 ticks = 1.75: 10^8 / 1.75 = 57142857.14
    expect(btc.amountAtMid(3, 4, 1)).toBe(57_142_857n)
    const coarse = new MoneyRule({ ...linear, quoteDecimals: 4 })
    expect([coarse.amountAtMid(2, 3, 1), coarse.amountAtMid(3, 4, 1)]).toEqual([2n, 4n])
  })

  test('fees round half to even, rebates too', () => {
    const rate = parseDecimal('0.0005')
    expect(money.fee(1000n, rate)).toBe(0n)
    expect(money.fee(3000n, rate)).toBe(2n)
    expect(money.fee(5001n, rate)).toBe(3n)
    expect(money.fee(3000n, parseDecimal('-0.0005'))).toBe(-2n)
  })

  test('given as a decimal is counted in units, rounded half to even when finer', () => {
    expect(money.units(parseDecimal('1.5'))).toBe(150_000_000n)
    expect(money.units(parseDecimal('0.000000005'))).toBe(0n)
    expect(money.units(parseDecimal('0.000000015'))).toBe(2n)
  })

  test('a buy costs cash in a linear contract and brings cash in an inverse one', () => {
    expect([money.cashSign(), btc.cashSign()]).toEqual([-1n, 1n])
  })

  test('a feed must count at least as finely as the lot', () => {
    expect(unitsPerLot({ ...linear, qtyDecimals: 5 })).toBe(100)
    expect(() => unitsPerLot({ ...linear, qtyDecimals: 2 })).toThrow(/qtyDecimals/)
  })
})

test('a decimal value is normalised, so equal values are equal objects', () => {
  const value: Decimal = decimal(1500n, 3)
  expect(value).toEqual(parseDecimal('1.5'))
  expect(decimal(0n, 7)).toEqual({ digits: 0n, scale: 0 })
})
