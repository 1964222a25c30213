import { readFileSync } from 'node:fs'
import { CodedError, type ErrorCode } from '@escapement/core'
import { type Document, isAlias, isMap, isScalar, LineCounter, parseDocument, visit } from 'yaml'
import type { z } from 'zod'
import {
  type BacktestConfig,
  backtestSchema,
  type SessionConfig,
  type SessionInput,
  sessionSchema,
} from './schema.ts'

/**
 * Reads and checks a configuration file, JSON or YAML (of which JSON is a part).
 * @throws ESC_CONFIG_READ, ESC_CONFIG_SYNTAX, ESC_CONFIG_INVALID, ESC_CONFIG_DECIMAL,
 *   ESC_CONFIG_INSTRUMENT, each naming the file and the field or line
 */
export function readConfig(file: string): BacktestConfig {
  return checkConfig(parseConfig(readText(file), file), file)
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (cause) {
    const found = cause instanceof Error ? cause.message : String(cause)
    throw new CodedError('ESC_CONFIG_READ', { file, found }, { cause })
  }
}

/** One parser for both: duplicate keys are errors, which JSON.parse would pass over. */
function parseConfig(text: string, file: string): unknown {
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: true })
  const [problem] = document.errors
  if (problem === undefined) return contentOf(document, lines, file)
  const { line } = lines.linePos(problem.pos[0])
  const found = problem.message.split('\n')[0]!
  const isTwice = problem.code === 'DUPLICATE_KEY'
  const isInstrument = isTwice && isKeyOfInstruments(document, problem.pos[0])
  const code = isInstrument ? 'ESC_CONFIG_INSTRUMENT' : 'ESC_CONFIG_SYNTAX'
  throw new CodedError(code, {
    file,
    line,
    found: isTwice ? 'a key that stands twice' : found,
    needed: isTwice ? 'each key once' : 'valid JSON or YAML',
  })
}

/** @throws ESC_CONFIG_SYNTAX naming the line of an alias that leads nowhere, or grows too large */
function contentOf(document: Document, lines: LineCounter, file: string): unknown {
  try {
    return document.toJS()
  } catch (cause) {
    let line: number | undefined
    visit(document, {
      Alias(_, alias) {
        const offset = alias.range?.[0]
        if (offset === undefined || (isAlias(alias) && alias.resolve(document))) return undefined
        line = lines.linePos(offset).line
        return visit.BREAK
      },
    })
    const found = cause instanceof Error ? cause.message : String(cause)
    const place = line === undefined ? { file } : { file, line }
    throw new CodedError(
      'ESC_CONFIG_SYNTAX',
      { ...place, found, needed: 'valid JSON or YAML' },
      { cause },
    )
  }
}

/** Whether a direct key of the top-level `instruments` begins at `offset`. */
function isKeyOfInstruments(document: Document, offset: number): boolean {
  const node = document.get('instruments', true)
  return isMap(node) && node.items.some(({ key }) => isScalar(key) && key.range?.[0] === offset)
}

/** @throws ESC_CONFIG_INVALID and its sisters for the first field that is wrong */
export function checkConfig(value: unknown, file: string): BacktestConfig {
  const config = parsed(backtestSchema, value, file)
  config.data.forEach(({ instrument }, i) => {
    if (Object.hasOwn(config.instruments, instrument)) return
    throw new CodedError('ESC_CONFIG_INSTRUMENT', {
      file,
      field: `data[${i}].instrument`,
      found: instrument,
      needed: `one of ${Object.keys(config.instruments).join(', ') || '(none defined)'}`,
    })
  })
  checkOneFileEach(config, file)
  checkCurrency(config, file)
  return config
}

/** As {@link checkConfig}, for what a program passes instead of a file. */
export function checkSession(value: SessionInput): SessionConfig {
  const config = parsed(sessionSchema, value, 'the session')
  checkCurrency(config, 'the session')
  return config
}

function parsed<T>(schema: z.ZodType<T>, value: unknown, file: string): T {
  const result = schema.safeParse(value, { reportInput: true })
  if (!result.success) throw issueError(firstIssue(result.error.issues), file)
  return result.data
}

type Issue = z.core.$ZodIssue

/** Of a failed union, the issue of the branch that came furthest: the one the writer meant. */
function firstIssue(issues: readonly Issue[]): Issue {
  const issue = issues[0]!
  if (issue.code !== 'invalid_union' || issue.errors.length === 0) return issue
  const branches = issue.errors.map((branch) => firstIssue(branch))
  const [best] = [...branches].sort((a, b) => rank(b) - rank(a))
  const path = [...issue.path, ...best!.path]
  if (best!.code !== 'invalid_value') return { ...best!, path }
  // A word that no branch knows: say the words of all of them.
  const values = branches.flatMap((branch) =>
    branch.code === 'invalid_value' && formatPath(branch.path) === formatPath(best!.path)
      ? branch.values
      : [],
  )
  return { ...best!, path, values, message: `one of ${values.map(String).join(', ')}` }
}

/** A wrong value deep inside says more than a missing or unknown key at the top. */
function rank(issue: Issue): number {
  const isShape = issue.code === 'unrecognized_keys' || issue.input === undefined
  return issue.path.length * 2 + (isShape ? 0 : 1)
}

function issueError(issue: Issue, file: string): CodedError {
  const unknown = issue.code === 'unrecognized_keys' ? issue.keys[0] : undefined
  const path = unknown === undefined ? issue.path : [...issue.path, unknown]
  const place = path.length === 0 ? { file } : { file, field: formatPath(path) }
  if (unknown !== undefined) {
    const [found, needed] = ['an unknown key', 'a known one']
    return new CodedError('ESC_CONFIG_INVALID', { ...place, found, needed })
  }
  const found = issue.input === undefined ? 'nothing' : JSON.stringify(issue.input)
  const text = textNeeded(issue, path)
  if (text === undefined) {
    return new CodedError('ESC_CONFIG_INVALID', { ...place, found, needed: issue.message })
  }
  return new CodedError(text.code, { ...place, found, needed: text.needed })
}

/** Texts that are no decimals. */
const WORDS = new Set('name module quote currency path instrument symbol table $schema'.split(' '))

/** What a text of a special form has to look like; undefined for everything else. */
function textNeeded(
  issue: Issue,
  path: readonly PropertyKey[],
): { readonly code: ErrorCode; readonly needed: string } | undefined {
  const isForm = issue.code === 'invalid_format' && issue.format === 'regex'
  const isUnquoted =
    issue.code === 'invalid_type' && issue.expected === 'string' && typeof issue.input === 'number'
  if (!isForm && !isUnquoted) return undefined
  const name = String(path.at(-1))
  if (path[0] === 'window') {
    return { code: 'ESC_CONFIG_WINDOW', needed: 'epoch ns or ISO 8601 UTC in quotes' }
  }
  if (isForm && name === 'name') {
    const needed = 'letters, digits, dot, underscore and hyphen'
    return { code: 'ESC_CONFIG_INVALID', needed }
  }
  if (WORDS.has(name)) return undefined
  const above = name.endsWith('Size') ? ', above 0' : ''
  const needed = `a plain decimal in quotes, such as "0.01"${above}`
  return { code: 'ESC_CONFIG_DECIMAL', needed }
}

function formatPath(path: readonly PropertyKey[]): string {
  return path
    .map((part, i) =>
      typeof part === 'number' ? `[${part}]` : `${i === 0 ? '' : '.'}${String(part)}`,
    )
    .join('')
}

/** One dataset an instrument: two would be two markets under one name. */
function checkOneFileEach(config: BacktestConfig, file: string): void {
  const seen = new Set<string>()
  config.data.forEach(({ instrument }, i) => {
    if (seen.has(instrument)) {
      throw new CodedError('ESC_CONFIG_INSTRUMENT', {
        file,
        field: `data[${i}].instrument`,
        found: `${instrument} a second time`,
        needed: 'one data entry an instrument',
      })
    }
    seen.add(instrument)
  })
}

/** Risk adds amounts up, so they must be of one currency. */
function checkCurrency({ instruments, risk }: SessionConfig, file: string): void {
  const quotes = Object.entries(instruments)
  const currency = risk.currency ?? quotes[0]?.[1].quote
  for (const [symbol, { quote }] of quotes) {
    if (quote === currency) continue
    throw new CodedError('ESC_CONFIG_INVALID', {
      file,
      field: `instruments.${symbol}.quote`,
      found: quote,
      needed: `${currency}, the currency of the risk limits`,
    })
  }
}
