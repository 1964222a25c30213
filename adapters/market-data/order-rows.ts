import { CodedError, isOrderKind, type MarketRows, RowKind } from '@escapement/core'

/**
 * Checks what each row of a single order must have by itself, and that no rows of levels stand
 * beside them. Whether the rows fit each other is found out where a view is made of them.
 * @throws ESC_DATA_FORMAT when the column of ids is missing or of another length, ESC_DATA_KIND for a
 *   row of a level, ESC_DATA_QTY for an order of no size, ESC_DATA_ORDER for an id that names none
 */
export function checkOrderRows(
  rows: MarketRows,
  file?: string,
  numberOf: (row: number) => number = (row) => row,
): void {
  const { kind, qty, orderId, length } = rows
  const at = file === undefined ? {} : { file }
  if (orderId !== undefined && orderId.length !== length) {
    const found = `${orderId.length} values`
    throw new CodedError('ESC_DATA_FORMAT', { ...at, field: 'orderId', found, needed: `${length}` })
  }
  for (let row = 0; row < length; row++) {
    const what = kind[row]!
    if (!isOrderKind(what)) {
      if (orderId === undefined) continue
      if (what === RowKind.DEPTH || what === RowKind.SNAPSHOT) {
        const found = 'a row of a level'
        const needed = 'rows of orders alone: they make the levels'
        throw new CodedError('ESC_DATA_KIND', {
          ...at,
          row: numberOf(row),
          field: 'kind',
          found,
          needed,
        })
      }
      if (orderId[row] !== 0n) {
        const found = `order ${orderId[row]} in a row of no order`
        throw new CodedError('ESC_DATA_ORDER', {
          ...at,
          row: numberOf(row),
          field: 'orderId',
          found,
          needed: '0',
        })
      }
      continue
    }
    if (orderId === undefined) {
      const [found, needed] = ['no ids', 'an id for each row of an order']
      throw new CodedError('ESC_DATA_FORMAT', {
        ...at,
        row: numberOf(row),
        field: 'orderId',
        found,
        needed,
      })
    }
    if (what !== RowKind.CANCEL && qty[row] === 0) {
      const needed = 'more than 0; CANCEL removes an order'
      throw new CodedError('ESC_DATA_QTY', {
        ...at,
        row: numberOf(row),
        field: 'qty',
        found: '0',
        needed,
      })
    }
  }
}
