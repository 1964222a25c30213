import type { SchemaElement } from 'hyparquet'
import type { Table, TableColumn } from '../../actors/ports.ts'
import { writeBytesAtomically } from '../market-data/files.ts'

/**
 * A table as a Parquet file: one row group for every 100,000 rows, Snappy, no time and no version in
 * it, so that equal tables give equal bytes. The writer is loaded at first use.
 *
 * int64, double, string and bool are what Parquet calls INT64, DOUBLE, UTF8 and BOOLEAN; a decimal is
 * DECIMAL(38, scale), which readers keep exactly.
 */
export async function encodeParquet({ name, columns }: Table): Promise<Uint8Array> {
  const { parquetWriteBuffer } = await import('hyparquet-writer')
  const root: SchemaElement = { name: 'root', num_children: columns.length }
  const bytes = parquetWriteBuffer({
    schema: [root, ...columns.map(elementOf)],
    columnData: columns.map(({ name, values }) => ({ name, data: [...values] })),
    rowGroupSize: ROWS_PER_GROUP,
    kvMetadata: [{ key: 'table', value: name }],
    createdBy: 'escapement',
  })
  return new Uint8Array(bytes)
}

/**
 * Writes a table so that `path` holds all of it, or what it held before.
 * @throws ESC_OUTPUT when it cannot be written there
 */
export async function writeParquet(path: string, table: Table): Promise<void> {
  writeBytesAtomically(path, [await encodeParquet(table)])
}

const ROWS_PER_GROUP = 100_000
/** The widest decimal that every reader knows: 16 bytes. */
const PRECISION = 38

function elementOf(column: TableColumn): SchemaElement {
  const { name, nullable, type } = column
  const base = { name, repetition_type: nullable ? 'OPTIONAL' : 'REQUIRED' } as const
  switch (type) {
    case 'int64':
      return { ...base, type: 'INT64' }
    case 'double':
      return { ...base, type: 'DOUBLE' }
    case 'bool':
      return { ...base, type: 'BOOLEAN' }
    case 'string':
      return { ...base, type: 'BYTE_ARRAY', converted_type: 'UTF8' }
    case 'decimal':
      return {
        ...{ ...base, type: 'FIXED_LEN_BYTE_ARRAY', type_length: 16 },
        ...{ converted_type: 'DECIMAL', precision: PRECISION, scale: column.scale },
      }
  }
}
