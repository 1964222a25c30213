import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { runDirectory } from './run-directory.ts'

/** `npm run conformance -- [dir]`: exit 0 all as ruled, 1 a failure, 2 nothing to run. */
const repository = fileURLToPath(new URL('../..', import.meta.url))
const fixtures = resolve(repository, process.env.ESCAPEMENT_FIXTURES ?? '../shared')
const directory = resolve(process.argv[2] ?? resolve(fixtures, 'vectors'))

if (existsSync(directory)) {
  const { lines, failed } = runDirectory(directory)
  for (const line of lines) process.stdout.write(`${line}\n`)
  process.exitCode = failed > 0 ? 1 : 0
} else {
  process.stderr.write(
    `conformance: no directory ${directory}; name one, or set ESCAPEMENT_FIXTURES to where vectors/ is\n`,
  )
  process.exitCode = 2
}
