import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { checkDocument } from './docs/check-document.ts'
import { blocksOf, isMarked } from './docs/markdown.ts'
import { shellLines } from './docs/shell-block.ts'
import { cleanCopy, temporary } from './kit/workbench.ts'

/** The harness that executes documents must see a wrong one: each wrong block beside a right one. */
const { directory, remove } = temporary('docs-harness')
const workshop = join(directory, 'copy')
beforeAll(() => cleanCopy(workshop))
afterAll(remove)

const fence = (language: string, ...lines: readonly string[]): string =>
  [`\`\`\`${language}`, ...lines, '```', ''].join('\n')
const check = (...parts: readonly string[]) => checkDocument('d.md', parts.join('\n'), workshop)

describe('a module in a document', () => {
  const right = fence(
    'ts',
    "import { orderKey } from '@escapement/core'",
    "import { machineNames } from '@escapement/machines'",
    'process.stdout.write([orderKey(0, 1), machineNames.length > 3].join())',
  )

  test('is compiled and run, and prints what the next block shows', () => {
    expect(check('# Title', right, fence('text', '1,true'))).toEqual([])
  })

  test('that prints something else is wrong, at its line', () => {
    const [problem, ...others] = check('# Title', right, fence('text', '2,true'))
    expect(problem).toMatch(/^d\.md:2 printed\n1,true\nand the document shows\n2,true$/)
    expect(others).toEqual([])
  })

  test('that does not compile is wrong at the line of the error, and is not run', () => {
    const problems = check(right, fence('ts', 'const right = 1', "const wrong: number = 'text'"))
    expect(problems).toEqual(["d.md:9 TS2322: Type 'string' is not assignable to type 'number'."])
  })

  test('that throws is wrong, unless it is only type-checked', () => {
    const throwing = fence('ts', "throw new Error('in the document')")
    expect(check(throwing).join()).toMatch(/^d\.md:1 the block ended with 1[\s\S]*in the document/)
    expect(check('<!-- type-checked only: needs a venue -->', throwing)).toEqual([])
  })

  test('with a title is a file that later blocks import', () => {
    const titled = fence('ts title="told.ts"', 'export const told = 42')
    const using = fence(
      'ts',
      "import { told } from './told.ts'",
      'process.stdout.write(String(told))',
    )
    expect(check(titled, using, fence('text', '42'))).toEqual([])
  })
})

describe('a command in a document', () => {
  test('is run in a copy, with its output compared', () => {
    const command = fence('bash', 'npx escapement machines --help # what it says')
    const abridged = ['<!-- output abridged -->', fence('text', 'Usage: escapement machines …')]
    expect(check(command, ...abridged)).toEqual([])
    expect(check(command, fence('text', 'Usage: something else'))).toHaveLength(1)
  })

  test('may fail only if the document says how', () => {
    const wrong = 'npx escapement backtest missing.yaml'
    expect(check(fence('bash', `${wrong} # exits 2`))).toEqual([])
    expect(check(fence('bash', wrong)).join()).toMatch(/^d\.md:1 ended with 2, not 0/)
    expect(check(fence('bash', `${wrong} # exits 1`)).join()).toMatch(/ended with 2, not 1/)
  })

  test('that nobody runs must be marked, with a reason', () => {
    const clone = fence('sh', 'git clone somewhere')
    expect(check(clone)).toEqual(['d.md:1 is not executed and not marked: git clone somewhere'])
    expect(check('<!-- not executed: -->', clone)).toHaveLength(1)
    expect(check('<!-- not executed: needs a network -->', clone)).toEqual([])
    expect(check('<!-- not executed: needs a network -->', 'prose', clone)).toHaveLength(1)
  })

  test('that names a script must name one that exists', () => {
    expect(check(fence('sh', 'npm ci', 'npm test', 'npm run check:types'))).toEqual([])
    expect(check(fence('sh', 'npm run check:nothing'))).toEqual([
      'd.md:1 package.json has no script check:nothing',
    ])
  })

  test('is read with its continuation lines, and without its comments', () => {
    const text = '# first\nnpx escapement a \\\n  --b c  # why\n\nnpx escapement d # exits 2'
    expect(shellLines(text)).toEqual([
      { kind: 'run', command: 'npx escapement a --b c', exits: 0 },
      { kind: 'run', command: 'npx escapement d', exits: 2 },
    ])
    expect(shellLines('npx other; npx escapement a')[0]?.kind).toBe('unknown')
    const chain = shellLines('npm ci && npx escapement a && rm -r /')
    expect(chain.map(({ kind }) => kind)).toEqual(['skip', 'run', 'unknown'])
  })
})

describe('a configuration in a document', () => {
  const right = [
    'name: first',
    'instruments:',
    '  BTCUSDT: { kind: linear, tickSize: "0.1", lotSize: "0.001", quote: USDT }',
    'data: [{ instrument: BTCUSDT, path: data.npz }]',
    'strategy: { module: "builtin:market-maker" }',
  ]

  test('is one that the command takes', () => {
    expect(check(fence('yaml', ...right))).toEqual([])
    expect(check(fence('yaml', ...right, 'sed: 1')).join()).toMatch(/^d\.md:1 ESC_CONFIG_INVALID/)
    expect(check(fence('json', '{"name": "first"}')).join()).toMatch(/ESC_CONFIG_INVALID/)
  })

  test('may be that of an experiment, which is one that sweep takes', () => {
    const block = (sweeps: string) => `experiment: { version: 1, id: one, ${sweeps} }`
    expect(check(fence('yaml', ...right, block('sweeps: { seed: [1, 2] }')))).toEqual([])
    const wrong = check(fence('yaml', ...right, block('swepes: {}'))).join()
    expect(wrong).toMatch(/^d\.md:1 ESC_CONFIG_INVALID[\s\S]*experiment\.swepes/)
  })

  test('may be something else if the document says so, and must parse all the same', () => {
    const mark = '<!-- not a configuration: the answer of --json -->'
    expect(check(mark, fence('json', '{"fills": 3}'))).toEqual([])
    expect(check(mark, fence('yaml', 'a: [1'))).toHaveLength(1)
  })
})

describe('a fence', () => {
  test('says what it holds', () => {
    expect(check(fence('text', 'anything'), fence('mermaid', 'graph LR'))).toEqual([])
    expect(check(fence('', 'anything'))[0]).toMatch(/^d\.md:1 a block with no language/)
    expect(check(fence('python', 'x = 1'))[0]).toMatch(/the language python/)
  })

  test('has an end, and may stand in a list', () => {
    expect(() => blocksOf('d.md', '```ts\nconst a = 1')).toThrow('d.md:1 a fence without an end')
    const [block] = blocksOf('d.md', '1. do\n\n   ```sh\n   npm ci\n     more\n   ```\n')
    expect(block).toMatchObject({ line: 3, text: 'npm ci\n  more' })
  })

  test('hears the marks directly before it and no others', () => {
    const [block] = blocksOf('d.md', '<!-- not executed: no -->\n\n```ts\n1\n```')
    expect(isMarked(block!, 'not executed')).toBe(true)
    expect(isMarked(block!, 'type-checked only')).toBe(false)
  })
})
