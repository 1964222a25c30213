import { readFileSync } from 'node:fs'
import { CodedError, type Instrument, messageOf, parseDecimal, toScale } from '@escapement/core'
import type { EquityPoint } from '../../actors/recorder.actor.ts'

const HEADER = 'time_ns,instrument,position_lots,equity,bid_ticks,ask_ticks'

/**
 * The account at each decision, by instrument, as a run wrote it into `equity.csv`.
 * @throws ESC_RUN_DIRECTORY naming file, line and column of what no run writes
 */
export function readEquityCsv(
  file: string,
  instruments: readonly Instrument[],
  originNs: bigint,
): EquityPoint[][] {
  const [header, ...lines] = readText(file).split('\n')
  const refused = (line: number, field: string, found: string, needed: string) =>
    new CodedError('ESC_RUN_DIRECTORY', { file, line, field, found, needed })
  if (header !== HEADER) throw refused(1, 'header', header ?? 'nothing', HEADER)
  const points: EquityPoint[][] = instruments.map(() => [])
  if (lines.pop() !== '') throw refused(lines.length + 2, 'end', 'half a line', 'a whole line')
  lines.forEach((text, i) => {
    const cells = text.split(',')
    const integer = (column: number): bigint => {
      const cell = cells[column] ?? ''
      if (/^-?\d{1,19}$/.test(cell)) return BigInt(cell)
      throw refused(i + 2, HEADER.split(',')[column]!, cell, 'an integer')
    }
    const index = instruments.findIndex(({ symbol }) => symbol === cells[1])
    if (index < 0 || cells.length !== 6) {
      const needed = instruments.map(({ symbol }) => symbol).join(' or ')
      throw refused(i + 2, 'instrument', text, `six cells, the second ${needed}`)
    }
    const equity = unitsOf(cells[3]!, instruments[index]!.quoteDecimals)
    if (equity === undefined) throw refused(i + 2, 'equity', cells[3]!, 'money or nothing')
    points[index]!.push({
      time: Number(integer(0) - originNs),
      position: Number(integer(2)),
      equity,
      bid: Number(integer(4)),
      ask: Number(integer(5)),
    })
  })
  return points
}

/** Null of nothing, undefined of what is no money of that many decimals. */
function unitsOf(text: string, decimals: number): bigint | null | undefined {
  if (text === '') return null
  if (!/^-?\d+(\.\d+)?$/.test(text)) return undefined
  return toScale(parseDecimal(text), decimals) ?? undefined
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (cause) {
    throw new CodedError('ESC_RUN_DIRECTORY', { file, found: messageOf(cause) }, { cause })
  }
}
