import { assert, type Decimal, toScale } from '@escapement/core'
import type { Table, TableColumn } from '../../../actors/ports.ts'

/** What a cell is given as; an int64 may be a safe integer. */
type Cells = {
  int64: bigint | number
  double: number
  string: string
  bool: boolean
  decimal: Decimal
}

/** What decimals of a table count, and so how fine they are: the same for every row and every run of the same instruments. */
export type Scales = { readonly price: number; readonly qty: number; readonly money: number }

export type ColumnSpec = {
  readonly type: keyof Cells
  readonly nullable: boolean
  /** Of a decimal. */
  readonly of: keyof Scales | null
  readonly meaning: string
}
/** Columns by name, in order. */
export type TableSchema = Readonly<Record<string, ColumnSpec>>

type Spec<Type extends keyof Cells> = ColumnSpec & {
  readonly type: Type
  readonly nullable: false
}

const spec =
  <Type extends keyof Cells>(type: Type, of: keyof Scales | null = null) =>
  (meaning: string): Spec<Type> => ({ type, nullable: false, of, meaning })

export const int64 = spec('int64')
export const double = spec('double')
export const text = spec('string')
export const price = spec('decimal', 'price')
export const qty = spec('decimal', 'qty')
export const money = spec('decimal', 'money')

/** The same column, where a value may be missing. */
export const nullable = <Of extends ColumnSpec>(
  column: Of,
): Omit<Of, 'nullable'> & { readonly nullable: true } => ({ ...column, nullable: true })

/** A row of a schema: a cell for each column, null only where the column says so. */
export type RowOf<Schema extends TableSchema> = {
  readonly [Name in keyof Schema]:
    | Cells[Schema[Name]['type']]
    | (Schema[Name]['nullable'] extends true ? null : never)
}

/** The table of these rows. A decimal that is finer than its column is our mistake. */
export function tableOf<Schema extends TableSchema>(
  name: string,
  schema: Schema,
  rows: readonly RowOf<Schema>[],
  scales: Scales,
): Table {
  const columns = Object.entries(schema).map(([column, kind]) =>
    columnOf(column, kind, rows as readonly Readonly<Record<string, Cell>>[], scales),
  )
  return { name, rows: rows.length, columns }
}

type Cell = Cells[keyof Cells] | null

function columnOf(
  name: string,
  { type, nullable, of }: ColumnSpec,
  rows: readonly Readonly<Record<string, Cell>>[],
  scales: Scales,
): TableColumn {
  const cells = rows.map((row) => row[name]!)
  switch (type) {
    case 'int64':
      return { name, nullable, type, values: (cells as (bigint | number | null)[]).map(integer) }
    case 'decimal': {
      const scale = scales[of!]
      const values = (cells as (Decimal | null)[]).map((cell) => digitsAt(cell, scale, name))
      return { name, nullable, type, scale, values }
    }
    default:
      return { name, nullable, type, values: cells } as TableColumn
  }
}

const integer = (cell: bigint | number | null): bigint | null =>
  cell === null ? null : BigInt(cell)

function digitsAt(cell: Decimal | null, scale: number, name: string): bigint | null {
  if (cell === null) return null
  const digits = toScale(cell, scale)
  assert(digits !== null, `a decimal of ${name} is finer than 10^-${scale}`)
  return digits
}
