import {
  CodedError,
  type Decimal,
  decimal,
  formatDecimal,
  parseDecimal,
  powerOfTen,
} from '@escapement/core'

/** A number of a configuration file, or a decimal in quotes. */
export type Written = number | string

/**
 * The decimal that was written, exactly: a number is the shortest decimal that reads as it, which
 * is what stands in the file.
 * @throws ESC_SWEEP_SPEC naming `field` when it is neither finite nor a plain decimal
 */
export function exactly(value: Written, field: string): Decimal {
  const text = String(value)
  const match = /^([+-]?\d+(?:\.\d+)?)(?:e([+-]\d+))?$/.exec(text)
  if (match === null || (typeof value === 'string' && match[2] !== undefined)) {
    const found = JSON.stringify(value) ?? text
    throw new CodedError('ESC_SWEEP_SPEC', {
      field,
      found: typeof value === 'number' ? text : found,
      needed: 'a finite number, or a plain decimal in quotes',
    })
  }
  const { digits, scale } = parseDecimal(match[1]!, field)
  const exponent = Number(match[2] ?? 0)
  if (exponent >= 0) return decimal(digits * powerOfTen(exponent), scale)
  return decimal(digits, scale - exponent)
}

/** The value as it would be written: the nearest number, or the plain text of the decimal. */
export const asWritten = (value: Decimal, kind: 'number' | 'string'): Written =>
  kind === 'string' ? formatDecimal(value) : Number(formatDecimal(value))
