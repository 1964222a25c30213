import { CodedError } from './errors.ts'

/** An exact decimal: `digits * 10^-scale`. Normalised: the last digit is not 0 unless scale is 0. */
export type Decimal = { readonly digits: bigint; readonly scale: number }

const PLAIN = /^([+-]?)(\d+)(?:\.(\d+))?$/

/**
 * Reads a plain decimal ("0.001", "-12"); no exponent, no blanks, no binary float on the way.
 * @throws ESC_CONFIG_DECIMAL naming `field` when the text is anything else.
 */
export function parseDecimal(text: string, field = 'decimal'): Decimal {
  const match = PLAIN.exec(text)
  if (match === null) {
    throw new CodedError('ESC_CONFIG_DECIMAL', {
      field,
      found: JSON.stringify(text),
      needed: 'a plain decimal in quotes such as "0.01"',
    })
  }
  const [, sign, whole, fraction = ''] = match
  return normalise({
    digits: BigInt(`${sign === '-' ? '-' : ''}${whole}${fraction}`),
    scale: fraction.length,
  })
}

/** The plain decimal text, without an exponent; {@link parseDecimal} gives the value back. */
export function formatDecimal({ digits, scale }: Decimal): string {
  const negative = digits < 0n
  const text = (negative ? -digits : digits).toString().padStart(scale + 1, '0')
  const whole = text.slice(0, text.length - scale)
  const fraction = scale === 0 ? '' : `.${text.slice(text.length - scale)}`
  return `${negative ? '-' : ''}${whole}${fraction}`
}

/** The normalised decimal `digits * 10^-scale`; `scale` is 0 or more. */
export const decimal = (digits: bigint, scale: number): Decimal => normalise({ digits, scale })

/** The exact product. */
export function multiply(a: Decimal, b: Decimal): Decimal {
  return normalise({ digits: a.digits * b.digits, scale: a.scale + b.scale })
}

/** The value as an integer count of 10^-scale, or null when it is finer than that. */
export function toScale(value: Decimal, scale: number): bigint | null {
  if (scale >= value.scale) return value.digits * powerOfTen(scale - value.scale)
  const divisor = powerOfTen(value.scale - scale)
  return value.digits % divisor === 0n ? value.digits / divisor : null
}

/** -1, 0 or 1 as `a` is less than, equal to or greater than `b`, exactly. */
export function compare(a: Decimal, b: Decimal): -1 | 0 | 1 {
  const scale = Math.max(a.scale, b.scale)
  const difference = toScale(a, scale)! - toScale(b, scale)!
  return difference < 0n ? -1 : difference > 0n ? 1 : 0
}

/** The nearest float64; for display and statistics, never for a decision. */
export const toNumber = (value: Decimal): number => Number(formatDecimal(value))

/** 10^exponent, exactly. */
export const powerOfTen = (exponent: number): bigint => BigInt(`1${'0'.repeat(exponent)}`)

/** Integer quotient rounded half to even (the rule for money; IEEE 754 roundTiesToEven). */
export function divideHalfEven(numerator: bigint, denominator: bigint): bigint {
  if (denominator < 0n) return divideHalfEven(-numerator, -denominator)
  const negative = numerator < 0n
  const magnitude = negative ? -numerator : numerator
  const quotient = magnitude / denominator
  const twice = (magnitude % denominator) * 2n
  const up = twice > denominator || (twice === denominator && quotient % 2n === 1n)
  const rounded = up ? quotient + 1n : quotient
  return negative ? -rounded : rounded
}

function normalise(value: Decimal): Decimal {
  let { digits, scale } = value
  while (scale > 0 && digits % 10n === 0n) {
    digits /= 10n
    scale -= 1
  }
  return { digits, scale }
}
