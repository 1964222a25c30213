import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parquetMetadata, parquetReadObjects } from 'hyparquet'
import { afterAll, describe, expect, it } from 'vitest'
import type { Table } from '../../actors/ports.ts'
import { encodeParquet, writeParquet } from '../../adapters/parquet/parquet.ts'

/** Read back by a reader that shares no code with the writer's encoders. */
const folder = mkdtempSync(join(tmpdir(), 'escapement-parquet-'))
afterAll(() => rmSync(folder, { recursive: true }))

const table: Table = {
  name: 'some',
  rows: 4,
  columns: [
    {
      ...{ name: 'big', nullable: false, type: 'int64' },
      values: [1_700_000_000_000_000_001n, -1n, 2n ** 63n - 1n, -(2n ** 63n)],
    },
    { name: 'real', nullable: true, type: 'double', values: [0.1, null, -0, 1e300] },
    { name: 'word', nullable: true, type: 'string', values: ['a', 'ü,"x"', null, 'a'] },
    { name: 'flag', nullable: false, type: 'bool', values: [true, false, true, true] },
    {
      ...{ name: 'money', nullable: true, type: 'decimal', scale: 8 },
      values: [12_345_678_901_234n, -1n, null, 0n],
    },
  ],
}
const read = (bytes: Uint8Array) =>
  parquetReadObjects({ file: new Uint8Array(bytes).buffer as ArrayBuffer })
const empty: Table = {
  ...{ name: 'none', rows: 0 },
  columns: table.columns.map((column) => ({ ...column, values: [] })) as Table['columns'],
}

describe('a table as Parquet', () => {
  it('is read back value by value', async () => {
    expect(await read(await encodeParquet(table))).toEqual([
      {
        big: 1_700_000_000_000_000_001n,
        real: 0.1,
        word: 'a',
        flag: true,
        money: 123_456.78901234,
      },
      { big: -1n, real: null, word: 'ü,"x"', flag: false, money: -1e-8 },
      { big: 2n ** 63n - 1n, real: -0, word: null, flag: true, money: null },
      { big: -(2n ** 63n), real: 1e300, word: 'a', flag: true, money: 0 },
    ])
  })

  it('keeps decimals to 38 digits, as bytes of the file show', async () => {
    const digits = 99_999_999_999_999_999_999_999_999_999_999_999_999n
    const column = { name: 'm', nullable: false, type: 'decimal', scale: 8 } as const
    const one = { name: 'x', rows: 2, columns: [{ ...column, values: [digits, -digits] }] }
    const hex = Buffer.from(await encodeParquet(one)).toString('hex')
    expect(hex).toContain(digits.toString(16).padStart(32, '0'))
    expect(hex).toContain(BigInt.asUintN(128, -digits).toString(16))
  })

  it('says what its columns are', async () => {
    const bytes = await encodeParquet(table)
    const { schema, key_value_metadata, created_by } = parquetMetadata(
      new Uint8Array(bytes).buffer as ArrayBuffer,
    )
    expect(
      schema.slice(1).map((e) => [e.name, e.type, e.converted_type, e.repetition_type]),
    ).toEqual([
      ['big', 'INT64', undefined, 'REQUIRED'],
      ['real', 'DOUBLE', undefined, 'OPTIONAL'],
      ['word', 'BYTE_ARRAY', 'UTF8', 'OPTIONAL'],
      ['flag', 'BOOLEAN', undefined, 'REQUIRED'],
      ['money', 'FIXED_LEN_BYTE_ARRAY', 'DECIMAL', 'OPTIONAL'],
    ])
    expect(schema.at(-1)).toMatchObject({ precision: 38, scale: 8, type_length: 16 })
    expect(key_value_metadata).toEqual([{ key: 'table', value: 'some' }])
    expect(created_by).toBe('escapement')
  })

  it('has the same bytes each time, and others for another value', async () => {
    const bytes = await encodeParquet(table)
    expect(await encodeParquet(structuredClone(table))).toEqual(bytes)
    const [first, ...rest] = table.columns
    const other = { ...first!, values: [1n, -1n, 0n, 0n] } as Table['columns'][number]
    expect(await encodeParquet({ ...table, columns: [other, ...rest] })).not.toEqual(bytes)
  })

  it('may have no rows, or more than one group of them', async () => {
    const bytes = await encodeParquet(empty)
    expect(await read(bytes)).toEqual([])
    expect(parquetMetadata(new Uint8Array(bytes).buffer as ArrayBuffer).schema).toHaveLength(6)
    const values = Array.from({ length: 100_001 }, (_, i) => BigInt(i))
    const column = { name: 'n', nullable: false, type: 'int64', values } as const
    const long = await encodeParquet({ name: 'long', rows: values.length, columns: [column] })
    expect((await read(long)).at(-1)).toEqual({ n: 100_000n })
  })

  it('is published whole, and leaves nothing else behind', async () => {
    const path = join(folder, 'some.parquet')
    await writeParquet(path, table)
    await writeParquet(path, table)
    expect(readdirSync(folder)).toEqual(['some.parquet'])
    expect(new Uint8Array(readFileSync(path))).toEqual(await encodeParquet(table))
    const nowhere = join(folder, 'nowhere', 'some.parquet')
    await expect(writeParquet(nowhere, table)).rejects.toThrow(/ESC_OUTPUT.*nowhere/)
  })

  it('refuses an integer that 64 bits do not hold, and writes nothing', async () => {
    const column = { name: 'n', nullable: false, type: 'int64', values: [2n ** 63n] } as const
    const wide = { name: 'wide', rows: 1, columns: [column] }
    await expect(writeParquet(join(folder, 'wide.parquet'), wide)).rejects.toThrow(/out of range/)
    expect(readdirSync(folder)).not.toContain('wide.parquet')
  })
})
