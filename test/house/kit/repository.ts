import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { workingFiles } from '../../../scripts/working-copy.ts'

/** The repository under test, as an absolute path that ends in a slash. */
export const root = fileURLToPath(new URL('../../../', import.meta.url))

export const read = (path: string): string => readFileSync(resolve(root, path), 'utf8')

export const filesOf = (...patterns: readonly string[]): string[] => workingFiles(root, ...patterns)

export type RunResult = {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

type RunOptions = {
  readonly cwd?: string
  readonly env?: Readonly<Record<string, string | undefined>>
  readonly timeoutMs?: number
}

/** Runs a program to its end, with nothing on standard input. */
export function run(
  program: string,
  args: readonly string[],
  { cwd = root, env = {}, timeoutMs = 600_000 }: RunOptions = {},
): RunResult {
  const { status, stdout, stderr, error } = spawnSync(program, args, {
    cwd,
    env: { ...withoutVitest(), ...env },
    encoding: 'utf8',
    input: '',
    maxBuffer: 2 ** 27,
    timeout: timeoutMs,
  })
  if (error !== undefined) throw error
  return { code: status ?? 1, stdout, stderr }
}

/** As `run`, and says everything the program said when it fails. */
export function mustRun(
  program: string,
  args: readonly string[],
  options: RunOptions = {},
): RunResult {
  const result = run(program, args, options)
  if (result.code === 0) return result
  const said = `${result.stdout}\n${result.stderr}`.trim()
  throw new Error(`${program} ${args.join(' ')} ended with ${result.code}\n${said}`)
}

/** A child is to see the environment of a user, and not that of this test runner. */
function withoutVitest(): Record<string, string | undefined> {
  const hidden = /^(VITEST|NODE_ENV$|NODE_OPTIONS$|TEST$|DEV$|PROD$|MODE$|npm_(?!config_))/
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !hidden.test(name)))
}
