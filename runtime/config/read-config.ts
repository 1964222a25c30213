import { readFileSync } from 'node:fs'
import { CodedError, messageOf } from '@escapement/core'
import { type Document, isAlias, isMap, isScalar, LineCounter, parseDocument, visit } from 'yaml'
import type { z } from 'zod'
import { issueError } from './config-issue.ts'
import {
  type BacktestConfig,
  backtestSchema,
  type OwnConfig,
  type OwnInput,
  ownListSchema,
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
  return checkConfig(readDocument(file), file)
}

/**
 * The content of a JSON or YAML file, unchecked.
 * @throws ESC_CONFIG_READ, ESC_CONFIG_SYNTAX
 */
export const readDocument = (file: string): unknown => parseConfig(readText(file), file)

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (cause) {
    const found = messageOf(cause)
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
    const found = messageOf(cause)
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
  checkStrategies(config, file)
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

/** What a program says of its several strategies besides what they do, checked. */
export function checkOwn(strategies: readonly OwnInput[]): readonly OwnConfig[] {
  const list = strategies.map(({ name, risk }) => ({ name, risk }))
  const own = parsed(ownListSchema, { strategies: list }, 'the session')
  checkNames(own.strategies, 'the session')
  return own.strategies
}

/** @throws ESC_CONFIG_INVALID and its sisters for the first field that does not fit the schema */
export function parsed<T>(schema: z.ZodType<T>, value: unknown, file: string): T {
  const result = schema.safeParse(value, { reportInput: true })
  if (!result.success) throw issueError(result.error, schema, file)
  return result.data
}

/** What trades is said once: one strategy, or a list of them. */
function checkStrategies({ strategy, strategies }: BacktestConfig, file: string): void {
  if ((strategy === undefined) !== (strategies === undefined)) {
    return checkNames(strategies ?? [], file)
  }
  const isNone = strategy === undefined
  throw new CodedError('ESC_CONFIG_INVALID', {
    file,
    field: isNone ? 'strategy' : 'strategies',
    found: isNone ? 'nothing' : 'strategy as well',
    needed: 'strategy or strategies, one of both',
  })
}

/** Names are namespaces of order keys. */
function checkNames(strategies: readonly { readonly name: string }[], file: string): void {
  const seen = new Set<string>()
  strategies.forEach(({ name }, i) => {
    if (seen.has(name)) {
      throw new CodedError('ESC_CONFIG_INVALID', {
        file,
        field: `strategies[${i}].name`,
        found: `${name} a second time`,
        needed: 'a name of its own',
      })
    }
    seen.add(name)
  })
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
