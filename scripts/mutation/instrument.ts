import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Instrumenter } from '@stryker-mutator/instrumenter'

/** One change of a source file that a test should notice. */
export type Mutant = {
  readonly id: string
  readonly file: string
  /** One-based. */
  readonly line: number
  /** The line that it begins in, without indentation. */
  readonly at: string
  readonly original: string
  readonly replacement: string
}

const silent = () => undefined
const logger = {
  isTraceEnabled: () => false,
  isDebugEnabled: () => false,
  isInfoEnabled: () => false,
  isWarnEnabled: () => false,
  isErrorEnabled: () => false,
  isFatalEnabled: () => false,
  trace: silent,
  debug: silent,
  info: silent,
  warn: silent,
  error: silent,
  fatal: silent,
}

/** Puts every mutant of `files` into the copy at `directory`, each behind a switch by its id. */
export async function instrument(directory: string, files: readonly string[]): Promise<Mutant[]> {
  const sources = files.map((name) => ({
    name,
    content: readFileSync(join(directory, name), 'utf8'),
    mutate: true,
  }))
  const options = { plugins: null, excludedMutations: [], ignorers: [] }
  const found = await new Instrumenter(logger).instrument(sources, options)
  for (const { name, content } of found.files) writeFileSync(join(directory, name), content)
  const texts = new Map(sources.map(({ name, content }) => [name, content.split('\n')]))
  return found.mutants.map(({ id, fileName, location, replacement }) => {
    const lines = texts.get(fileName)!
    const { start, end } = location
    const text = lines.slice(start.line, end.line + 1)
    text[text.length - 1] = text.at(-1)!.slice(0, end.column)
    text[0] = text[0]!.slice(start.column)
    return {
      id,
      file: fileName,
      line: start.line + 1,
      at: lines[start.line]!.trim(),
      original: onOneLine(text.join(' ')),
      replacement: onOneLine(replacement),
    }
  })
}

const SNIPPET = 80

function onOneLine(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim()
  return line.length <= SNIPPET ? line : `${line.slice(0, SNIPPET)}...`
}
