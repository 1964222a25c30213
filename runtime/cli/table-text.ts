import { decimal, formatDecimal } from '@escapement/core'
import type { Table, TableColumn } from '../../actors/ports.ts'

/** A table as CSV (RFC 4180, lines end with a line feed); nothing stands for null. */
export function tableCsv({ columns, rows }: Table): string {
  const lines = [columns.map(({ name }) => name).join(',')]
  for (let row = 0; row < rows; row++) {
    lines.push(columns.map((column) => quoted(String(plain(column, row) ?? ''))).join(','))
  }
  return `${lines.join('\n')}\n`
}

/** A table as one JSON array, an object a row; 64-bit integers and decimals are texts, and exact. */
export function tableJson({ columns, rows }: Table): string {
  const lines = Array.from({ length: rows }, (_, row) =>
    JSON.stringify(Object.fromEntries(columns.map((column) => [column.name, plain(column, row)]))),
  )
  return lines.length === 0 ? '[]\n' : `[\n${lines.join(',\n')}\n]\n`
}

function plain(column: TableColumn, row: number): string | number | boolean | null {
  const value = column.values[row]!
  if (typeof value !== 'bigint') return value
  if (column.type !== 'decimal') return value.toString()
  return formatDecimal(decimal(value, column.scale))
}

const quoted = (cell: string): string =>
  /[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell
