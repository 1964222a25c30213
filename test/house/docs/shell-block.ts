import { join } from 'node:path'
import { read, run } from '../kit/repository.ts'
import type { Block } from './markdown.ts'

export const isShell = ({ language }: Block): boolean => /^(bash|sh|shell)$/.test(language)

/** What other tests and CI run already, or what cannot be repeated inside a test run. */
const runElsewhere = /^npm (ci|install|test|run (test|test:.*|check:.*|build|format|docs:api))$/

export type ShellLine =
  | { readonly kind: 'run'; readonly command: string; readonly exits: number }
  | { readonly kind: 'skip'; readonly script: string | null }
  | { readonly kind: 'unknown'; readonly command: string }

/** The commands of a block, one by one, without comments; `# exits 2` is heard. */
export function shellLines(text: string): ShellLine[] {
  return text
    .replace(/\s*\\\n\s*/g, ' ')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'))
    .flatMap((line) => {
      const [, chain = line, exits = '0'] = /^(.*?)\s+#\s*(?:exits (\d+))?.*$/.exec(line) ?? []
      return chain.split(/\s+&&\s+/).map((command) => classify(command, Number(exits)))
    })
}

function classify(command: string, exits: number): ShellLine {
  const script = /^npm run ([\w:-]+)/.exec(command)?.[1] ?? null
  if (runElsewhere.test(command)) return { kind: 'skip', script }
  if (script !== null || /^npx escapement( |$)/.test(command))
    return { kind: 'run', command, exits }
  return { kind: 'unknown', command }
}

/**
 * Runs the commands one after the other from the root of `workshop`. `npx escapement` there is the
 * copy's own launcher: npx itself would link the package into the user's cache.
 */
export function runShell(
  block: Block,
  workshop: string,
): { readonly problem: string | null; readonly printed: string } {
  const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> }
  let printed = ''
  for (const line of shellLines(block.text)) {
    if (line.kind === 'unknown') {
      const problem = `is not executed and not marked: ${line.command}`
      return { problem, printed }
    }
    const script = line.kind === 'skip' ? line.script : /^npm run (\S+)/.exec(line.command)?.[1]
    if (script != null && scripts[script] === undefined) {
      return { problem: `package.json has no script ${script}`, printed }
    }
    if (line.kind === 'skip') continue
    const launcher = join(workshop, 'bin/escapement.mjs')
    const npx = `npx() { shift; "${process.execPath}" "${launcher}" "$@"; }`
    const joined = line.exits === 0 ? '' : ' 2>&1'
    const program = `set -euo pipefail; ${npx}; ${line.command}${joined}`
    const { code, stdout, stderr } = run('bash', ['-c', program], { cwd: workshop })
    printed += stdout
    if (code === line.exits) continue
    const said = `${stdout}${stderr}`.trim()
    return { problem: `ended with ${code}, not ${line.exits}: ${line.command}\n${said}`, printed }
  }
  return { problem: null, printed }
}
