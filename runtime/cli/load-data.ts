import { readFileSync } from 'node:fs'
import { basename, dirname, resolve } from 'node:path'
import { CodedError, type ErrorFacts, type MarketRows, messageOf } from '@escapement/core'
import type { LatencySource } from '../../actors/fill-simulator/latency-model.ts'
import { tableLatency } from '../../actors/fill-simulator/latency-table.ts'
import { dataHash } from '../../adapters/market-data/data-hash.ts'
import { readMarketRows } from '../../adapters/market-data/read.ts'
import type { SyntheticOptions } from '../../adapters/synthetic/options.ts'
import { syntheticMarket } from '../../adapters/synthetic/synthetic.ts'
import type { LatencyTableConfig } from '../config/latency-of.ts'
import { placing } from '../config/placing.ts'
import type { DataConfig } from '../config/schema.ts'

export type LoadedData = {
  readonly rows: MarketRows
  /** SHA-256 of the canonical rows, whatever file they came from. */
  readonly hash: string
  /** Name of the file without its folder, or `synthetic`. */
  readonly name: string
}

/** Reads or generates the rows of one data entry; paths are relative to the configuration. */
export function loadData(entry: DataConfig, index: number, configFile: string): LoadedData {
  if ('synthetic' in entry) {
    const given = Object.entries(entry.synthetic).filter(([, value]) => value !== undefined)
    const options = Object.fromEntries(given) as unknown as SyntheticOptions
    const place = ({ field }: ErrorFacts) => ({ field: `data[${index}].synthetic.${field}` })
    const rows = placing(place, () => syntheticMarket(options))
    return { rows, hash: dataHash(rows), name: 'synthetic' }
  }
  const path = resolve(dirname(configFile), entry.path)
  // A symbol that is present and undefined takes the file as it is: nobody said what it holds.
  const symbol = 'symbol' in entry ? entry.symbol : entry.instrument
  const rows = readMarketRows(path, {
    ...(entry.stitch === undefined ? {} : { stitch: entry.stitch }),
    ...(symbol === undefined ? {} : { symbol }),
  })
  return { rows, hash: dataHash(rows), name: basename(path) }
}

/** The latency of a measured table; its path is relative to the configuration. */
export function loadLatency(
  latency: LatencyTableConfig,
  originNs: bigint,
  configFile: string,
): LatencySource {
  const file = resolve(dirname(configFile), latency.table)
  const columns = readLatencyCsv(file)
  const offset = latency.offsetNs === undefined ? {} : { offsetNs: BigInt(latency.offsetNs) }
  return placing(
    () => ({ file }),
    () => tableLatency({ ...columns, originNs, ...offset }),
  )
}

const HEADER = 'req_ts,exch_ts,resp_ts'

/** @throws ESC_LATENCY_TABLE naming file and line */
function readLatencyCsv(file: string) {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (cause) {
    const found = messageOf(cause)
    throw new CodedError('ESC_LATENCY_TABLE', { file, found }, { cause })
  }
  const [header, ...lines] = text.trimEnd().split(/\r?\n/)
  if (header !== HEADER) {
    throw new CodedError('ESC_LATENCY_TABLE', {
      file,
      line: 1,
      found: header ?? '',
      needed: HEADER,
    })
  }
  const cells = lines.map((line, i) => {
    if (!/^-?\d+,-?\d+,-?\d+$/.test(line)) {
      const needed = 'three integers'
      throw new CodedError('ESC_LATENCY_TABLE', { file, line: i + 2, found: line, needed })
    }
    return line.split(',').map(BigInt)
  })
  const column = (index: number) => BigInt64Array.from(cells, (row) => row[index]!)
  return { request: column(0), exchange: column(1), response: column(2) }
}
