import { CodedError, type MarketRows } from '@escapement/core'

const FORMAT = 'escapement/market-rows'
const VERSION = '1'

/** Where rows came from. Options are those of the converter, for example `stitch`. */
export type Provenance = {
  /** Name of the source file without its folder, and SHA-256 of its bytes. */
  readonly source: { readonly file: string; readonly sha256: string }
  readonly options: { readonly [name: string]: string | number | boolean }
}

/** What a dataset says beside its rows. */
export type DatasetInfo = {
  readonly symbol?: string
  readonly provenance?: Provenance
}

/** Columns in file order, with the name of their Arrow type. */
export const COLUMNS = [
  ['kind', 'Uint8'],
  ['flags', 'Uint8'],
  ['exchTime', 'Float64'],
  ['localTime', 'Float64'],
  ['price', 'Int32'],
  ['qty', 'Float64'],
] as const

/** The column that only rows of single orders have, after the others. */
export const ORDER_COLUMN = ['orderId', 'Uint64'] as const

export type Header = {
  readonly originNs: bigint
  readonly priceDecimals: number
  readonly qtyDecimals: number
  readonly rows: number
  readonly dataHash: string
  readonly info: DatasetInfo
}

/** The schema metadata of `rows`: texts only, in this order. */
export function formatHeader(
  rows: MarketRows,
  hash: string,
  info: DatasetInfo,
): Map<string, string> {
  const texts = new Map([
    ['format', FORMAT],
    ['version', VERSION],
    ['originNs', String(rows.originNs)],
    ['priceDecimals', String(rows.priceDecimals)],
    ['qtyDecimals', String(rows.qtyDecimals)],
    ['rows', String(rows.length)],
    ['dataHash', hash],
  ])
  if (info.symbol !== undefined) texts.set('symbol', info.symbol)
  if (info.provenance !== undefined) texts.set('provenance', JSON.stringify(info.provenance))
  return texts
}

/** @throws ESC_DATASET_READ naming the metadata key that is missing or wrong. */
export function parseHeader(texts: ReadonlyMap<string, string>, file?: string): Header {
  const get = (key: string, pattern: RegExp, needed: string): string => {
    const text = texts.get(key)
    if (text !== undefined && pattern.test(text)) return text
    throw datasetError(
      text === undefined ? 'nothing' : JSON.stringify(text),
      needed,
      file,
      `metadata ${key}`,
    )
  }
  get('format', /^escapement\/market-rows$/, `"${FORMAT}"`)
  get('version', /^1$/, `version ${VERSION}; convert the source again`)
  const symbol = texts.get('symbol')
  const provenance = parseProvenance(texts.get('provenance'), file)
  return {
    originNs: BigInt(get('originNs', /^-?\d{1,19}$/, 'epoch ns')),
    priceDecimals: Number(get('priceDecimals', /^\d{1,2}$/, 'a number of decimals')),
    qtyDecimals: Number(get('qtyDecimals', /^\d{1,2}$/, 'a number of decimals')),
    rows: Number(get('rows', /^\d{1,15}$/, 'a number of rows')),
    dataHash: get('dataHash', /^[0-9a-f]{64}$/, '64 hexadecimal digits'),
    info: {
      ...(symbol === undefined ? {} : { symbol }),
      ...(provenance === undefined ? {} : { provenance }),
    },
  }
}

export function datasetError(
  found: string,
  needed: string,
  file: string | undefined,
  field?: string,
  cause?: unknown,
): CodedError {
  return new CodedError(
    'ESC_DATASET_READ',
    {
      ...(file === undefined ? {} : { file }),
      ...(field === undefined ? {} : { field }),
      found,
      needed,
    },
    { cause },
  )
}

function parseProvenance(text: string | undefined, file?: string): Provenance | undefined {
  if (text === undefined) return undefined
  try {
    return JSON.parse(text) as Provenance
  } catch (cause) {
    throw datasetError(
      JSON.stringify(text.slice(0, 60)),
      'JSON',
      file,
      'metadata provenance',
      cause,
    )
  }
}
