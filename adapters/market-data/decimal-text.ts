/**
 * Reads plain decimals such as "61800.20" into an integer and a scale, value = digits * 10^-scale,
 * without a binary fraction on the way. One object is used again and again: no garbage per level.
 */
export class DecimalText {
  /** Below 2^53. */
  digits = 0
  /** The fewest decimals that hold the value: zeros at the end are not counted. */
  scale = 0

  /** False when `text` is not digits with at most one point inside, or does not fit 53 bits. */
  read(text: string): boolean {
    const point = text.indexOf('.')
    let end = text.length
    if (point >= 0) {
      if (point === 0 || point === end - 1) return false
      while (text.charCodeAt(end - 1) === ZERO) end--
      if (end === point + 1) end = point
    }
    if (end === 0) return false
    let digits = 0
    for (let i = 0; i < end; i++) {
      if (i === point) continue
      const digit = text.charCodeAt(i) - ZERO
      if (digit < 0 || digit > 9) return false
      digits = digits * 10 + digit
    }
    if (digits > Number.MAX_SAFE_INTEGER) return false
    this.digits = digits
    this.scale = point < 0 || end === point ? 0 : end - point - 1
    return true
  }
}

const ZERO = 48
