import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { root, run } from './repository.ts'

type CruiseOutput = {
  readonly modules: readonly { readonly source: string }[]
  readonly summary: {
    readonly violations: readonly { readonly from: string; readonly rule: { name: string } }[]
  }
}

/** Runs the repository's own layering rules on a folder: broken rules, and the modules seen. */
export function cruise(directory: string): { violations: string[]; modules: string[] } {
  const program = join(root, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs')
  const rules = join(root, '.dependency-cruiser.cjs')
  const { stdout, stderr } = run(
    process.execPath,
    [program, '--config', rules, '--output-type', 'json', '.'],
    { cwd: directory },
  )
  if (stdout === '') throw new Error(`dependency-cruiser said nothing but: ${stderr}`)
  const output: CruiseOutput = JSON.parse(stdout)
  return {
    violations: output.summary.violations.map(({ rule, from }) => `${rule.name}: ${from}`),
    modules: output.modules.map(({ source }) => source),
  }
}

/** Writes a tree of small files, given as path and text. */
export function writeTree(directory: string, files: Readonly<Record<string, string>>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(directory, path)), { recursive: true })
    writeFileSync(join(directory, path), text)
  }
}
