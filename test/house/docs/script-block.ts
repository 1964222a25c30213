import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { root, run } from '../kit/repository.ts'
import type { Block } from './markdown.ts'

export const isScript = ({ language }: Block): boolean => /^(ts|typescript)$/.test(language)

/** A block is a module at the root of the copy, so that it imports what a user's file would. */
const moduleName = ({ title, line }: Block): string => title ?? `block-at-line-${line}.ts`

export type TypeProblem = { readonly block: Block; readonly line: number; readonly message: string }

/** Compiles all blocks of a document at once, as strictly as our own source but for unused names. */
export function typeErrors(blocks: readonly Block[], workshop: string): TypeProblem[] {
  if (blocks.length === 0) return []
  const byName = new Map(blocks.map((block) => [moduleName(block), block]))
  for (const [name, { text }] of byName) writeFileSync(join(workshop, name), `${text}\n`)
  const settings = {
    extends: './tsconfig.base.json',
    compilerOptions: {
      noEmit: true,
      customConditions: ['source'],
      moduleDetection: 'force',
      noUnusedLocals: false,
      noUnusedParameters: false,
    },
    files: [...byName.keys()],
  }
  writeFileSync(join(workshop, 'tsconfig.blocks.json'), JSON.stringify(settings))
  const compiler = join(root, 'node_modules/typescript/bin/tsc')
  const args = [compiler, '-p', 'tsconfig.blocks.json', '--pretty', 'false']
  const { code, stdout, stderr } = run(process.execPath, args, { cwd: workshop })
  if (code === 0) return []
  const problems = stdout.split('\n').flatMap((text): TypeProblem[] => {
    const [, name, line, message] = /^(.+?)\((\d+),\d+\): error (.*)$/.exec(text) ?? []
    if (name === undefined) return []
    const block = byName.get(name)
    // An error in the source itself is no fault of the document, but must not look like success.
    const there = block ?? blocks[0]!
    const what = block === undefined ? `${name}(${line}): ${message}` : message!
    return [{ block: there, line: block === undefined ? 0 : Number(line), message: what }]
  })
  if (problems.length > 0) return problems
  return [{ block: blocks[0]!, line: 0, message: `the compiler failed: ${stdout}${stderr}` }]
}

/** Runs one block in a process of its own. */
export function runScript(
  block: Block,
  workshop: string,
): { readonly problem: string | null; readonly printed: string } {
  const args = ['--conditions=source', '--import', 'tsx', moduleName(block)]
  const { code, stdout, stderr } = run(process.execPath, args, { cwd: workshop })
  const problem = code === 0 ? null : `the block ended with ${code}\n${stderr.trim()}`
  return { problem, printed: stdout }
}
