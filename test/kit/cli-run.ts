import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { vi } from 'vitest'
import { backtestCommand } from '../../runtime/cli/backtest.command.ts'
import { Output } from '../../runtime/cli/output.ts'
import { type Ended, folderWith } from './cli.ts'
import type { Config } from './cli-config.ts'

/** A command without a process of its own: what it printed, and how it ended. */
export async function inProcess(
  isJson: boolean,
  work: (output: Output) => void | Promise<void>,
): Promise<Ended> {
  const output = new Output(isJson)
  const out = vi.spyOn(process.stdout, 'write').mockReturnValue(true)
  const err = vi.spyOn(process.stderr, 'write').mockReturnValue(true)
  const level = process.env.ESCAPEMENT_LOG
  process.env.ESCAPEMENT_LOG = 'silent'
  try {
    await work(output)
  } catch (cause) {
    output.refuse(cause)
  } finally {
    if (level === undefined) delete process.env.ESCAPEMENT_LOG
    else process.env.ESCAPEMENT_LOG = level
  }
  const said = (spy: typeof out) => spy.mock.calls.map(([text]) => String(text)).join('')
  const ended = { code: output.exitCode, stdout: said(out), stderr: said(err) }
  out.mockRestore()
  err.mockRestore()
  return ended
}

/** Runs a configuration in a folder of its own, with `files` beside it; the run lies in `run`. */
export async function ranIn(
  config: Config,
  files: Readonly<Record<string, string | Uint8Array>> = {},
): Promise<{ readonly folder: string; readonly run: string }> {
  const folder = folderWith({ 'c.json': JSON.stringify(config), ...files })
  const run = join(folder, 'run')
  await inProcess(true, (output) => backtestCommand(join(folder, 'c.json'), { out: run }, output))
  return { folder, run }
}

/** Every file below a folder with its bytes, to see that nothing was written. */
export function contentOf(folder: string): readonly (readonly [string, string])[] {
  return readdirSync(folder, { recursive: true })
    .map(String)
    .filter((name) => statSync(join(folder, name)).isFile())
    .sort()
    .map((name) => [name, readFileSync(join(folder, name), 'latin1')])
}

/** The rows of a CSV file by column name. */
export function csvRows(file: string): readonly Readonly<Record<string, string>>[] {
  const [head, ...lines] = readFileSync(file, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => line.split(','))
  return lines.map((cells) => Object.fromEntries(head!.map((name, i) => [name, cells[i]!])))
}
