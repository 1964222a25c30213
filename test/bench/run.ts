import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { backtestBench, formatBacktestBench } from './backtest.bench.ts'
import { coreBench, formatCoreBench } from './core.bench.ts'
import { formatHistoryBench, historyBench } from './core-history.bench.ts'
import { engineBench, peerPython } from './engine.bench.ts'
import { formatKernelBench, kernelBench } from './kernel.bench.ts'
import { formatLogBench, logBench } from './log.bench.ts'
import { machineHeader } from './machine.ts'
import { formatMachinesBench, machinesBench } from './machines.bench.ts'
import { sweepBench } from './sweep.bench.ts'

/**
 * Every benchmark, one after the other in one process. `--write` puts what was printed into
 * docs/performance.md, between the marks of each part.
 */
const isQuick = process.argv.includes('--quick')
const PARTS: readonly (readonly [mark: string, run: () => string | Promise<string>])[] = [
  ['backtest', () => formatBacktestBench(backtestBench())],
  ['engine', () => engineBench(peerPython(process.argv), isQuick)],
  ['core', () => `${formatCoreBench(coreBench())}\n${formatHistoryBench(historyBench())}`],
  ['log', () => formatLogBench(logBench())],
  ['kernel', () => formatKernelBench(kernelBench())],
  ['sweep', () => sweepBench(isQuick)],
  ['machines', () => formatMachinesBench(machinesBench())],
]

const page = fileURLToPath(new URL('../../docs/performance.md', import.meta.url))
let text = readFileSync(page, 'utf8')
const replace = (mark: string, content: string) => {
  const [start, end] = [`<!-- ${mark} -->`, `<!-- /${mark} -->`]
  const from = text.indexOf(start)
  const to = text.indexOf(end)
  if (from < 0 || to < from) throw new Error(`docs/performance.md lacks the marks of ${mark}`)
  text = `${text.slice(0, from + start.length)}\n\n\`\`\`text\n${content}\n\`\`\`\n\n${text.slice(to)}`
}

const only = process.argv.find((argument) => PARTS.some(([mark]) => mark === argument))
const header = machineHeader()
console.log(header)
for (const [mark, run] of PARTS) {
  if (only !== undefined && only !== mark) continue
  const printed = await run()
  console.log(`\n${mark}\n${printed}`)
  replace(mark, `${header}\n${printed}`)
}
if (process.argv.includes('--write')) writeFileSync(page, text)
