import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import { checkConfig } from '../../../runtime/config/read-config.ts'
import { checkExperiment } from '../../../runtime/experiment/read-experiment.ts'
import { type Block, blocksOf, isMarked, isOutput } from './markdown.ts'
import { isScript, runScript, typeErrors } from './script-block.ts'
import { isShell, runShell } from './shell-block.ts'

const configuration = /^(ya?ml|json)$/
/** Blocks for the eye alone. A fence without a language is none of them: say what it is. */
const passive = new Set(['text', 'mermaid', 'diff', 'dockerfile'])

/**
 * Executes a document, block by block, in `workshop`: a copy of the repository with dependencies.
 * Answers with what is wrong, each with file and line; an empty list is a document that is true.
 */
export function checkDocument(file: string, markdown: string, workshop: string): string[] {
  const blocks = blocksOf(file, markdown)
  for (const { title, text } of blocks) {
    if (title !== null) writeFileSync(join(workshop, title), `${text}\n`)
  }
  const scripts = blocks.filter((block) => isScript(block) && !isMarked(block, 'not executed'))
  const problems = typeErrors(scripts, workshop)
  const failing = new Set(problems.map(({ block }) => block))
  const found = problems.map(({ block, line, message }) => `${at(block, line)} ${message}`)
  for (const block of blocks) {
    if (!failing.has(block)) found.push(...checkBlock(block, workshop))
  }
  return found
}

const at = ({ file, line }: Block, inBlock = 0): string => `${file}:${line + inBlock}`

function checkBlock(block: Block, workshop: string): string[] {
  if (passive.has(block.language)) return []
  if (isMarked(block, 'not executed')) return []
  if (isShell(block)) return checkPrinted(block, runShell(block, workshop))
  if (configuration.test(block.language)) return checkConfiguration(block)
  if (!isScript(block)) {
    const language = block.language === '' ? 'no language' : `the language ${block.language}`
    return [`${at(block)} a block with ${language}: nobody executes it, mark it or call it text`]
  }
  if (isMarked(block, 'type-checked only')) return []
  return checkPrinted(block, runScript(block, workshop))
}

function checkPrinted(
  block: Block,
  { problem, printed }: { readonly problem: string | null; readonly printed: string },
): string[] {
  if (problem !== null) return [`${at(block)} ${problem}`]
  if (block.output === null || isOutput(printed, block.output)) return []
  return [`${at(block)} printed\n${printed}\nand the document shows\n${block.output.text}`]
}

/** A configuration of a document must be one that the command would take. */
function checkConfiguration(block: Block): string[] {
  try {
    const value: unknown = parse(block.text)
    if (isMarked(block, 'not a configuration')) return []
    const isExperiment = typeof value === 'object' && value !== null && 'experiment' in value
    if (isExperiment) checkExperiment(value, at(block))
    else checkConfig(value, at(block))
    return []
  } catch (cause) {
    return [`${at(block)} ${cause instanceof Error ? cause.message : String(cause)}`]
  }
}
