import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { ErrorFacts } from '@escapement/core'
import { onTestFinished, vi } from 'vitest'
import { backtestCommand } from '../../runtime/cli/backtest.command.ts'
import { Output } from '../../runtime/cli/output.ts'
import type { BacktestFlags } from '../../runtime/cli/prepare-backtest.ts'

const LAUNCHER = fileURLToPath(new URL('../../bin/escapement.mjs', import.meta.url))

export type Ended = {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

export type Surroundings = {
  readonly cwd?: string
  readonly env?: Readonly<Record<string, string>>
}

/** The real command line in a process of its own. */
export function escapement(
  args: readonly string[],
  { cwd = tmpdir(), env = {} }: Surroundings = {},
): Promise<Ended> {
  const child = spawn(process.execPath, [LAUNCHER, ...args], {
    cwd,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let stdout = ''
  let stderr = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text
  })
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code) => resolve({ code, stdout, stderr }))
  })
}

/** The one JSON object that stands on stdout; throws when there is anything else. */
export function onlyJson({ stdout }: Ended): Record<string, unknown> {
  const lines = stdout.split('\n')
  if (lines.length !== 2 || lines[1] !== '') {
    throw new Error(`stdout is not one line of JSON: ${JSON.stringify(stdout.slice(0, 200))}`)
  }
  return JSON.parse(lines[0]!) as Record<string, unknown>
}

/** A folder that goes away with the test, holding `files` (text or bytes by relative path). */
export function folderWith(files: Readonly<Record<string, string | Uint8Array>> = {}): string {
  const folder = mkdtempSync(join(tmpdir(), 'escapement-test-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  for (const [name, content] of Object.entries(files)) {
    const path = join(folder, name)
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, content)
  }
  return folder
}

/** What a command refused in this process said, as the command line would say it. */
export type Refused = {
  readonly exitCode: number
  readonly json: { readonly status: string; readonly code: string; readonly message: string } & {
    readonly facts: ErrorFacts
  }
  readonly stderr: string
  /** Names in the folder that were not there before. */
  readonly written: readonly string[]
}

/**
 * `escapement backtest <config> --out out --json` without a process of its own, for what must be
 * refused: `files` are laid in a folder, `config` names one of them.
 */
export async function refusedBacktest(
  config: string,
  files: Readonly<Record<string, string | Uint8Array>>,
  flags: BacktestFlags = {},
): Promise<Refused> {
  const folder = folderWith(files)
  const before = readdirSync(folder, { recursive: true }).map(String)
  const output = new Output(true)
  const out = vi.spyOn(process.stdout, 'write').mockReturnValue(true)
  const err = vi.spyOn(process.stderr, 'write').mockReturnValue(true)
  try {
    await backtestCommand(join(folder, config), { out: join(folder, 'out'), ...flags }, output)
  } catch (cause) {
    output.refuse(cause)
  }
  const said = (spy: typeof out) => spy.mock.calls.map(([text]) => String(text)).join('')
  const ended = { code: output.exitCode, stdout: said(out), stderr: said(err) }
  out.mockRestore()
  err.mockRestore()
  const after = readdirSync(folder, { recursive: true }).map(String)
  return {
    exitCode: output.exitCode,
    json: onlyJson(ended) as unknown as Refused['json'],
    stderr: ended.stderr,
    written: after.filter((name) => !before.includes(name)),
  }
}

/** Does `work` with stdout held back, and gives what it wrote there. */
export function quietly(work: () => void): string {
  const spy = vi.spyOn(process.stdout, 'write').mockReturnValue(true)
  try {
    work()
    return spy.mock.calls.map(([text]) => String(text)).join('')
  } finally {
    spy.mockRestore()
  }
}
