import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { ErrorCode } from '@escapement/core'
import { describe, expect, it } from 'vitest'
import { escapement, folderWith, onlyJson, refusedBacktest } from '../kit/cli.ts'
import { type Config, configAfter, smallConfig, twoConfig } from '../kit/cli-config.ts'

/** change | code | field as the message states it | part of what was found | part of what is needed */
const WRONG = `
  sede = 1                                    | INVALID    | sede | an unknown key | one of name, instruments, venue, risk, rateLimits, control, seed
  control.ordre = "marketFirst"               | INVALID    | control.ordre | an unknown key | one of order, tradingEnabled
  instruments.BTC.tick = "0.1"                | INVALID    | instruments.BTC.tick | an unknown key | one of tickSize, lotSize
  data[0].sytnhetic = {}                      | INVALID    | data[0].sytnhetic | an unknown key | synthetic
  venue.fees = {"makr": "0"}                  | INVALID    | venue.fees.maker | nothing | a plain decimal in quotes
  instruments.BTC.tickSize = nothing          | INVALID    | instruments.BTC.tickSize | nothing | a plain decimal in quotes, such as "0.01", above 0
  instruments.BTC.tickSize = 0.1              | DECIMAL    | instruments.BTC.tickSize | 0.1 | in quotes
  instruments.BTC.tickSize = "0.00"           | DECIMAL    | instruments.BTC.tickSize | "0.00" | above 0
  instruments.BTC.lotSize = ""                | DECIMAL    | instruments.BTC.lotSize | "" | above 0
  instruments.BTC.lotSize = "-0.001"          | DECIMAL    | instruments.BTC.lotSize | -0.001 | above 0
  instruments.BTC.lotSize = "0.0000000000000000001" | INVALID | instruments.BTC.lotSize | 0001 | at most 18 decimals
  instruments.BTC.lotSize = "99999999999999999999"  | INVALID | instruments.BTC.lotSize | 9999 | 2^53
  instruments.BTC.quoteDecimals = 3           | INVALID    | instruments.BTC.quoteDecimals | 3 | at least 4
  instruments.BTC.quote = 5                   | INVALID    | instruments.BTC.quote | 5 | a text
  venue.fees.maker = "-5e-5"                  | DECIMAL    | venue.fees.maker | -5e-5 | a plain decimal
  risk.maxGrossNotional = "1,000"             | DECIMAL    | risk.maxGrossNotional | 1,000 | a plain decimal
  data[0].instrument = "ETH"                  | INSTRUMENT | data[0].instrument | ETH | one of BTC
  data[0].instrument = "constructor"          | INSTRUMENT | data[0].instrument | constructor | one of BTC
  data[1] = data[0]                           | INSTRUMENT | data[1].instrument | BTC a second time | one data entry
  data = []                                   | INVALID    | data | [] | a list of at least 1
  data[0].synthetic.depthTicks = 3            | INVALID    | data[0].synthetic.depthTicks | 3 | 20 to 10000
  venue.queue.model = "magic"                 | INVALID    | venue.queue.model | magic | riskAverse, log, log2, l3Fifo, power, power2, power3
  venue.queue.n = 0                           | INVALID    | venue.queue.n | 0 | at least 1
  venue.queue.n = 17                          | INVALID    | venue.queue.n | 17 | at most 16
  venue.queue.n = 2.3                         | INVALID    | venue.queue.n | 2.3 | a multiple of 0.125
  venue.latency.entryNs = 1000000000000000    | INVALID    | venue.latency.entryNs | 1000000000000000 | at most 86400000000000
  window = {"start": "2000", "end": "1000"}   | WINDOW     | window.end | 1000 | later than window.start 2000
  window = {"start": "1000", "end": "2000"}   | WINDOW     | window | no row | overlaps the data
  window = {"start": "2030-01-01T00:00:00Z"}  | WINDOW     | window | no row | overlaps the data
  window = {"start": "1700000002000000000", "end": "1700000002000000001"} | WINDOW | window | no row | overlaps
  window = {"start": "2024-02-31T00:00:00Z"}  | WINDOW     | window | 2024-02-31 | a real date
  window = {"end": "tomorrow"}                | WINDOW     | window.end | tomorrow | ISO 8601
  strategy.module = "./none.ts"               | ESC_STRATEGY_LOAD   | strategy.module | none.ts | builtin:market-maker
  strategy.module = "builtin:none"            | ESC_STRATEGY_LOAD   | strategy.module | builtin:none | builtin:market-maker
  strategy.module = "constructor"             | ESC_STRATEGY_LOAD   | strategy.module | constructor | builtin:market-maker
  strategy.params = {"qtyLots": 0.5}          | ESC_STRATEGY_PARAMS | strategy.params.qtyLots | 0.5 | an integer from 1 to
  strategy.params = {"qty": 1}                | ESC_STRATEGY_PARAMS | strategy.params.qty | unknown | qtyLots
  risk.currency = "EUR"                       | INVALID    | instruments.BTC.quote | USDT | EUR
  rateLimits.ordersPerSecond = "0.0000001"    | INVALID    | rateLimits.ordersPerSecond | 1/10^7 | at most 6 decimals
  name = "../up"                              | INVALID    | name | ../up | letters, digits
  name = 5                                    | INVALID    | name | 5 | letters, digits
  instruments.BTC.quote = ""                  | INVALID    | instruments.BTC.quote | "" | not empty
  instruments = {"": {}}                      | INVALID    | instruments. | "" | a name that is not empty
  instruments = []                            | INVALID    | instruments | [] | a mapping
  data = {}                                   | INVALID    | data | {} | a list
  data[0].synthetic.durationSeconds = 0       | INVALID    | data[0].synthetic.durationSeconds | 0 | above 0
  venue.partialFills = 1                      | INVALID    | venue.partialFills | 1 | true or false
  seed = 1.5                                  | INVALID    | seed | 1.5 | an integer
  window = {"end": true}                      | INVALID    | window.end | true | ISO 8601
  seed = 4294967296                           | INVALID    | seed | 4294967296 | at most 4294967295
`
/** The same for the configuration of two strategies. */
const WRONG_OF_TWO = `
  strategy = {"module": "builtin:market-maker"} | INVALID  | strategies | strategy as well | one of both
  strategies = nothing                        | INVALID    | strategy | nothing | strategy or strategies
  strategies = []                             | INVALID    | strategies | [] | a list of at least 1
  strategies = {}                             | INVALID    | strategies | {} | a list
  strategies[1].name = nothing                | INVALID    | strategies[1].name | nothing | letters, digits
  strategies[1].name = "a b"                  | INVALID    | strategies[1].name | a b | letters, digits
  strategies[1].name = "maker"                | INVALID    | strategies[1].name | maker a second time | a name of its own
  strategies[1].limits = {}                   | INVALID    | strategies[1].limits | an unknown key | one of name, module, params, risk
  strategies[1].risk = {"maxPosition": "1e3"} | DECIMAL    | strategies[1].risk.maxPosition | 1e3 | a plain decimal
  strategies[1].risk = {"maxPosition": 1}     | DECIMAL    | strategies[1].risk.maxPosition | 1 | in quotes
  strategies[0].risk = {"maxDrawdown": "0"}   | DECIMAL    | strategies[0].risk.maxDrawdown | "0" | a plain decimal
  strategies[0].risk = {"currency": "USDT"}   | INVALID    | strategies[0].risk.currency | an unknown key | one of maxPosition
  strategies[1].risk = {"postOnlyMode": "drop"} | INVALID  | strategies[1].risk.postOnlyMode | an unknown key | one of maxPosition
  strategies[1].risk = {"maxActiveQuotes": 0.5} | INVALID  | strategies[1].risk.maxActiveQuotes | 0.5 | an integer
  strategies[1].module = nothing              | INVALID    | strategies[1].module | nothing | a text
  strategies[1].module = "./none.ts"          | ESC_STRATEGY_LOAD   | strategies[1].module | none.ts | builtin:market-maker
  strategies[1].params = {"qty": 1}           | ESC_STRATEGY_PARAMS | strategies[1].params.qty | unknown | qtyLots
  instruments.BTC.rateLimits = {"ordersPerSecond": "0.0000001"} | INVALID | instruments.BTC.rateLimits.ordersPerSecond | 1/10^7 | at most 6 decimals
  instruments.BTC.rateLimits = {"ordersPerSecond": 5} | DECIMAL | instruments.BTC.rateLimits.ordersPerSecond | 5 | in quotes
  instruments.BTC.rateLimits = {"orders": "5"} | INVALID   | instruments.BTC.rateLimits.orders | an unknown key | one of ordersPerSecond, cancelsPerSecond
`
const rowsOf = (table: string, config: () => Config) =>
  table
    .trim()
    .split('\n')
    .map((line) => line.split('|').map((cell) => cell.trim()))
    .map(([change = '', ...cells]) => [change, configAfter(change, config()), cells] as const)
const wrong = [...rowsOf(WRONG, smallConfig), ...rowsOf(WRONG_OF_TWO, twoConfig)]

/** How the schema library would put it. */
const SCHEMA_WORDS = /Invalid|Too (small|big)|expected|received|unrecognized/i

describe('a wrong field is refused by code, file and field, and nothing is written', () => {
  it.each(wrong)(
    '%s',
    async (_change, config, [name = '', field = '', found = '', needed = '']) => {
      const code = name.startsWith('ESC_') ? name : `ESC_CONFIG_${name}`
      const text = JSON.stringify(config)
      const { exitCode, json, stderr, written } = await refusedBacktest('c.json', {
        'c.json': text,
      })
      expect(json).toMatchObject({ status: 'failed', code })
      expect(json.message).toMatch(/at [^;]*c\.json[,;]/)
      expect(json.facts.field).toBe(field)
      expect(json.message).toContain(field)
      expect(json.facts.found).toContain(found)
      expect(json.facts.needed).toContain(needed)
      expect(json.facts.needed).not.toMatch(SCHEMA_WORDS)
      expect(stderr).toBe(`${json.message}\n`)
      expect(exitCode).toBe(2)
      expect(written).toEqual([])
    },
  )

  it('while the same configuration without the change runs', async () => {
    const folder = folderWith({ 'c.json': JSON.stringify(smallConfig()) })
    const ended = await escapement(['backtest', 'c.json', '--json', '--out', 'out'], {
      cwd: folder,
    })
    expect(ended.code).toBe(0)
    expect(onlyJson(ended).status).toBe('done')
    expect(existsSync(join(folder, 'out', '_DONE'))).toBe(true)
  })
})

type WrongText = readonly [claim: string, name: string, text: string, code: ErrorCode, line: number]
const SYNTAX: readonly WrongText[] = [
  [
    'an open bracket in JSON',
    'c.json',
    '{\n "name": "a",\n "data": [\n}\n',
    'ESC_CONFIG_SYNTAX',
    4,
  ],
  ['a tab in YAML', 'c.yaml', 'name: a\nvenue:\n\tfees: 1\n', 'ESC_CONFIG_SYNTAX', 3],
  ['a key twice', 'c.yaml', 'name: a\nseed: 1\nseed: 2\n', 'ESC_CONFIG_SYNTAX', 3],
  [
    'a key twice deep inside',
    'c.json',
    '{"venue": {\n"fees": {"maker": "1",\n"maker": "2"}}}',
    'ESC_CONFIG_SYNTAX',
    3,
  ],
  ['an alias without an anchor', 'c.yaml', 'seed: 1\nname: *other\n', 'ESC_CONFIG_SYNTAX', 2],
  ['a second document', 'c.yaml', 'name: a\n---\nname: b\n', 'ESC_CONFIG_SYNTAX', 2],
  [
    'an instrument twice in YAML',
    'c.yaml',
    'instruments:\n    BTC:\n        quote: A\n    BTC:\n        quote: A\n',
    'ESC_CONFIG_INSTRUMENT',
    4,
  ],
  [
    'an instrument twice in JSON',
    'c.json',
    '{"instruments": {\n"BTC": {"quote": "A"},\n"BTC": {"quote": "A"}}}',
    'ESC_CONFIG_INSTRUMENT',
    3,
  ],
  [
    'an instrument twice on one line',
    'c.json',
    '{"instruments": {"BTC": {}, "BTC": {}}}',
    'ESC_CONFIG_INSTRUMENT',
    1,
  ],
]

describe('a wrong text is refused by code, file and line', () => {
  it.each(SYNTAX)('%s', async (_claim, name, text, code, line) => {
    const { exitCode, json, written } = await refusedBacktest(name, { [name]: text })
    expect(json.code).toBe(code)
    expect(json.facts.line).toBe(line)
    expect(json.message).toMatch(new RegExp(`at [^;]*${name}, line ${line}`))
    expect(json.facts.found).not.toBe('')
    expect(exitCode).toBe(2)
    expect(written).toEqual([])
  })

  it.each([
    ['empty', '', 'null'],
    ['a list', '[]', '[]'],
    ['a word', 'backtest', '"backtest"'],
  ])('%s file is no configuration', async (_claim, text, found) => {
    const { json } = await refusedBacktest('c.yaml', { 'c.yaml': text })
    expect(json.code).toBe('ESC_CONFIG_INVALID')
    expect(json.facts).toMatchObject({ found, file: expect.stringContaining('c.yaml') })
  })
})

const MODULES: readonly (readonly [
  claim: string,
  source: string,
  code: ErrorCode,
  text: string,
])[] = [
  ['without the export', 'export const other = 1', 'ESC_STRATEGY_SHAPE', 'export strategy'],
  ['with a default export alone', 'export default {}', 'ESC_STRATEGY_SHAPE', 'export strategy'],
  [
    'without decide',
    'export const strategy = { name: "s", init: () => null }',
    'ESC_STRATEGY_SHAPE',
    'strategy.decide',
  ],
  ['that throws when loaded', 'throw new Error("boom")', 'ESC_STRATEGY_LOAD', 'boom'],
  ['that is not JavaScript', 'export const strategy = {{', 'ESC_STRATEGY_LOAD', 's.mjs'],
  ['that imports what is not there', 'import "./none.mjs"', 'ESC_STRATEGY_LOAD', 'none.mjs'],
  [
    'whose params throw',
    'export const strategy = { name: "s", params() { throw new Error("too odd") }, init: () => null, decide: () => ({}) }',
    'ESC_STRATEGY_PARAMS',
    'too odd',
  ],
  [
    'whose init throws',
    'export const strategy = { name: "s", init() { throw new Error("no start") }, decide: () => ({}) }',
    'ESC_STRATEGY_PARAMS',
    'no start',
  ],
  [
    'whose first memory is a Map',
    'export const strategy = { name: "s", init: () => new Map(), decide: () => ({}) }',
    'ESC_STRATEGY_FAILED',
    'Map',
  ],
]

describe('a wrong strategy module is refused before anything is written', () => {
  it.each(MODULES)('a module %s', async (_claim, source, code, text) => {
    const config = configAfter('strategy.module = "./s.mjs"')
    const files = { 'c.json': JSON.stringify(config), 's.mjs': source }
    const { exitCode, json, written } = await refusedBacktest('c.json', files)
    expect(json.code).toBe(code)
    expect(json.message).toContain(text)
    expect(json.message).toMatch(/[sc]\.(mjs|json)/)
    expect(exitCode).toBe(2)
    expect(written).toEqual([])
  })

  it.each(MODULES)('of several, one %s is named', async (_claim, source, code, text) => {
    const config = configAfter('strategies[1].module = "./s.mjs"', twoConfig())
    const files = { 'c.json': JSON.stringify(config), 's.mjs': source }
    const { exitCode, json, written } = await refusedBacktest('c.json', files)
    expect(json.code).toBe(code)
    expect(json.message).toContain(text)
    expect(json.facts.field).toMatch(/^strategies\[1\](\.module|\.params|, )/)
    expect(exitCode).toBe(2)
    expect(written).toEqual([])
  })
})

describe('a process that is given bad input exits with 2, says one JSON object, leaves no runs/', () => {
  it.each([
    ['a file that cannot be read', ['none.json'], 'ESC_CONFIG_READ', 'none.json'],
    ['a folder as configuration', ['.'], 'ESC_CONFIG_READ', 'EISDIR'],
    ['a wrong field', ['wrong.json'], 'ESC_CONFIG_DECIMAL', 'wrong.json, instruments.BTC.tickSize'],
    ['a data file that is not there', ['missing.json'], 'ESC_DATA_READ', 'none.npz'],
    ['a seed that is no number', ['right.json', '--seed', '1e3'], 'ESC_USAGE', '--seed'],
    ['an option that is not there', ['right.json', '--sede', '1'], 'ESC_USAGE', '--sede'],
  ])('%s', async (_claim, args, code, text) => {
    const folder = folderWith({
      'right.json': JSON.stringify(smallConfig()),
      'wrong.json': JSON.stringify(configAfter('instruments.BTC.tickSize = "0,1"')),
      'missing.json': JSON.stringify(
        configAfter('data[0] = {"path": "none.npz", "instrument": "BTC"}'),
      ),
    })
    const ended = await escapement(['backtest', ...args, '--json'], { cwd: folder })
    expect(ended.code).toBe(2)
    expect(onlyJson(ended)).toMatchObject({ status: 'failed', code })
    expect(onlyJson(ended).message).toContain(text)
    expect(ended.stderr).toContain(text)
    expect(existsSync(join(folder, 'runs'))).toBe(false)
  })
})
