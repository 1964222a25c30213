import { CodedError, type MarketRows } from '@escapement/core'
import type { Data, Table } from 'apache-arrow'
import { type Columns, marketRows } from '../market-data/columns.ts'
import { dataHash } from '../market-data/data-hash.ts'
import { messageOf } from '../market-data/files.ts'
import { validateMarketRows } from '../market-data/validate.ts'
import { arrow } from './arrow-module.ts'
import {
  COLUMNS,
  type DatasetInfo,
  datasetError,
  formatHeader,
  ORDER_COLUMN,
  parseHeader,
} from './schema.ts'
import { checkSeal, seal } from './seal.ts'

export type Dataset = DatasetInfo & { readonly rows: MarketRows; readonly dataHash: string }

const MAGIC = 'ARROW1'

/** Whether the bytes begin as an Arrow IPC file does. */
export function isArrowFile(bytes: Uint8Array): boolean {
  return bytes.length >= 8 && Buffer.from(bytes.subarray(0, 6)).toString('latin1') === MAGIC
}

/** Rows -> an Arrow IPC file of one record batch; equal rows and info give equal bytes. */
export function encodeDataset(rows: MarketRows, info: DatasetInfo = {}): Uint8Array {
  const {
    Field,
    makeData,
    makeVector,
    RecordBatch,
    Schema,
    Struct,
    Table,
    tableFromIPC,
    tableToIPC,
  } = arrow()
  validateMarketRows(rows)
  const children: Data[] = COLUMNS.map(([name]) => makeVector(rows[name]).data[0]!)
  const names: string[] = COLUMNS.map(([name]) => name)
  if (rows.orderId !== undefined) {
    children.push(makeVector(rows.orderId).data[0]!)
    names.push(ORDER_COLUMN[0])
  }
  const fields = names.map((name, index) => new Field(name, children[index]!.type, false))
  const schema = new Schema(fields, formatHeader(rows, dataHash(rows), info))
  const data = makeData({ type: new Struct(fields), length: rows.length, nullCount: 0, children })
  const bytes = tableToIPC(new Table(schema, [new RecordBatch(schema, data)]), 'file')
  const written = readColumns(tableFromIPC(bytes), rows.length)
  const last = written.orderId ?? written.qty
  return seal(bytes, written.kind.byteOffset, last.byteOffset + last.byteLength)
}

/**
 * An Arrow IPC file -> rows whose columns are views on `bytes` (copies only where the bytes are not
 * aligned to 8). The rows are checked, and their hash compared with the one stated.
 * @throws ESC_DATASET_READ when the file is damaged, of another version or layout; ESC_DATASET_HASH
 *   when the rows are not those that were written; what {@link validateMarketRows} throws.
 */
export function decodeDataset(bytes: Uint8Array, file?: string): Dataset {
  const aligned = bytes.byteOffset % 8 === 0 ? bytes : new Uint8Array(bytes)
  const table = parseTable(aligned, file)
  const header = parseHeader(table.schema.metadata, file)
  const rows = marketRows(
    readColumns(table, header.rows, file),
    header.originNs,
    header.priceDecimals,
    header.qtyDecimals,
  )
  const hash = dataHash(rows)
  if (hash !== header.dataHash) {
    throw new CodedError('ESC_DATASET_HASH', {
      ...(file === undefined ? {} : { file }),
      found: hash,
      needed: header.dataHash,
      hint: 'the file was changed after it was written; convert the source again',
    })
  }
  return { ...header.info, rows: validateMarketRows(rows, file), dataHash: hash }
}

function parseTable(bytes: Uint8Array, file?: string): Table {
  // The reader takes a file that lost its end for a stream and reads what is there: so ask for it.
  const ending = Buffer.from(bytes.subarray(-MAGIC.length)).toString('latin1')
  if (!isArrowFile(bytes) || ending !== MAGIC) {
    throw datasetError('a file cut short', `"${MAGIC}" at its beginning and end`, file)
  }
  checkSeal(bytes, file)
  try {
    return arrow().tableFromIPC(bytes)
  } catch (cause) {
    throw datasetError(messageOf(cause), 'an Arrow IPC file', file, undefined, cause)
  }
}

function readColumns(table: Table, length: number, file?: string): Columns {
  const batch = table.batches.length === 1 ? table.batches[0] : undefined
  if (batch === undefined || table.numRows !== length) {
    throw datasetError(
      `${table.batches.length} batches, ${table.numRows} rows`,
      `one batch of ${length} rows`,
      file,
    )
  }
  const column = (index: number): unknown => {
    const [name, type] = COLUMNS[index] ?? ORDER_COLUMN
    const field = table.schema.fields[index]
    const data: Data | undefined = batch.data.children[index]
    const values: unknown = data?.values
    const fits = field?.name === name && String(field.type) === type && data?.nullCount === 0
    // Buffers are padded to 8 bytes: the view may be longer than the column.
    if (fits && isTyped(values) && values.length >= length) return values.subarray(0, length)
    const found = `${field?.name} ${field?.type}`
    throw datasetError(found, `${name} ${type} without nulls`, file, `column ${index}`)
  }
  return {
    kind: column(0) as Uint8Array,
    flags: column(1) as Uint8Array,
    exchTime: column(2) as Float64Array,
    localTime: column(3) as Float64Array,
    price: column(4) as Int32Array,
    qty: column(5) as Float64Array,
    ...(batch.data.children.length > COLUMNS.length
      ? { orderId: column(COLUMNS.length) as BigUint64Array }
      : {}),
  }
}

type Values = Uint8Array | Int32Array | Float64Array | BigUint64Array

const isTyped = (values: unknown): values is Values =>
  values instanceof Uint8Array ||
  values instanceof Int32Array ||
  values instanceof Float64Array ||
  values instanceof BigUint64Array
