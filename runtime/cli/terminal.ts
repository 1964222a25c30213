import cliProgress from 'cli-progress'
import pino, { type Logger } from 'pino'
import pretty from 'pino-pretty'

/** Logs go to stderr, pretty on a terminal, JSON lines elsewhere. */
export function logger(): Logger {
  const level = process.env.ESCAPEMENT_LOG ?? 'info'
  const options = { level, base: null, timestamp: pino.stdTimeFunctions.isoTime }
  if (process.stderr.isTTY === true) {
    return pino(options, pretty({ destination: 2, sync: true, ignore: 'time', colorize: true }))
  }
  return pino(options, pino.destination({ dest: 2, sync: true }))
}

export type Progress = {
  /** Share done, 0 to 1. */
  update(share: number): void
  stop(): void
}

const SILENT: Progress = { update: () => undefined, stop: () => undefined }
/** Work that is over sooner shows no bar. */
const PATIENCE_MS = 1_000

/** A bar with rate and time left on stderr, on a terminal, for what takes over a second. */
export function progressBar(total: number, unit: string): Progress {
  if (process.stderr.isTTY !== true) return SILENT
  const bar = new cliProgress.SingleBar({
    format: `{bar} {percentage}% | {rate} ${unit}/s | {left} s left`,
    stream: process.stderr,
    clearOnComplete: true,
    hideCursor: true,
  })
  const started = performance.now()
  let isShown = false
  return {
    update(share) {
      const elapsed = performance.now() - started
      if (elapsed < PATIENCE_MS || share <= 0) return
      const done = share * total
      const rate = Math.round((done / elapsed) * 1_000)
      const left = Math.ceil(((elapsed / share) * (1 - share)) / 1_000)
      if (!isShown) bar.start(total, 0, { rate, left })
      isShown = true
      bar.update(Math.round(done), { rate, left })
    },
    stop() {
      if (isShown) bar.stop()
    },
  }
}

const BLOCKS = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█']

/** A line of `width` blocks from the smallest to the largest of `values`. */
export function sparkline(values: readonly number[], width: number): string {
  if (values.length === 0) return ''
  const count = Math.min(width, values.length)
  const sampled = Array.from({ length: count }, (_, i) => {
    return values[Math.floor((i * (values.length - 1)) / Math.max(1, count - 1))]!
  })
  const low = Math.min(...sampled)
  const span = Math.max(...sampled) - low
  return sampled
    .map((value) => BLOCKS[span === 0 ? 3 : Math.round(((value - low) / span) * 7)]!)
    .join('')
}

/** Two aligned columns. */
export function table(rows: readonly (readonly [string, string])[]): string {
  const width = Math.max(...rows.map(([name]) => name.length))
  return rows.map(([name, value]) => `  ${name.padEnd(width)}  ${value}`).join('\n')
}
