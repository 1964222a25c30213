import { readFileSync } from 'node:fs'
import { CodedError } from '@escapement/core'
import { LineCounter, parseDocument } from 'yaml'
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
  if (problem === undefined) return document.toJS()
  const { line } = lines.linePos(problem.pos[0])
  const found = problem.message.split('\n')[0]!
  const isTwice = problem.code === 'DUPLICATE_KEY'
  const code =
    isTwice && withinInstruments(text, line) ? 'ESC_CONFIG_INSTRUMENT' : 'ESC_CONFIG_SYNTAX'
  throw new CodedError(code, {
    file,
    line,
    found: isTwice ? 'a key that stands twice' : found,
    needed: isTwice ? 'each key once' : 'valid JSON or YAML',
  })
}

/** Whether the nearest top-level key above a line is `instruments`. */
function withinInstruments(text: string, line: number): boolean {
  const above = text.split('\n').slice(0, line).reverse()
  const key = above.find(
    (candidate) => /^\s{0,2}["']?(\w+)["']?\s*:/.test(candidate) && !/^\s{3,}/.test(candidate),
  )
  const names = above
    .map((l) => /^\s{0,2}["']?([A-Za-z$]\w*)["']?\s*:/.exec(l)?.[1])
    .filter(Boolean)
  return key !== undefined && names.includes('instruments') && names.indexOf('instruments') <= 2
}

/** @throws ESC_CONFIG_INVALID and its sisters for the first field that is wrong */
export function checkConfig(value: unknown, file: string): BacktestConfig {
  const config = parsed(backtestSchema, value, file)
  config.data.forEach(({ instrument }, i) => {
    if (config.instruments[instrument] !== undefined) return
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
  return { ...best!, path: [...issue.path, ...best!.path] }
}

/** A wrong value deep inside says more than a missing or unknown key at the top. */
function rank(issue: Issue): number {
  const isShape = issue.code === 'unrecognized_keys' || issue.input === undefined
  return issue.path.length * 2 + (isShape ? 0 : 1)
}

function issueError(issue: Issue, file: string): CodedError {
  const unknown = issue.code === 'unrecognized_keys' ? issue.keys[0] : undefined
  const path = unknown === undefined ? issue.path : [...issue.path, unknown]
  const field = formatPath(path)
  const isDecimal = issue.code === 'invalid_format' && issue.format === 'regex'
  const isQuoted = issue.code === 'invalid_type' && issue.expected === 'string'
  const isNumber = typeof issue.input === 'number'
  const code = isDecimal || (isQuoted && isNumber) ? 'ESC_CONFIG_DECIMAL' : 'ESC_CONFIG_INVALID'
  if (unknown !== undefined) {
    return new CodedError(code, { file, field, found: 'an unknown key', needed: 'a known one' })
  }
  const found = issue.input === undefined ? 'nothing' : JSON.stringify(issue.input)
  const needed = code === 'ESC_CONFIG_DECIMAL' ? decimalNeeded(path) : issue.message
  return new CodedError(code, { file, field, found, needed })
}

const decimalNeeded = (path: readonly PropertyKey[]): string => {
  const name = String(path.at(-1))
  if (name === 'start' || name === 'end') return 'epoch ns or ISO 8601 UTC in quotes'
  if (name === 'name') return 'letters, digits, dot, underscore and hyphen'
  return `a plain decimal in quotes, such as "0.01"${name.endsWith('Size') ? ', above 0' : ''}`
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
