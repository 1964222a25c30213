import ts from 'typescript'
import { describe, expect, test } from 'vitest'
import { filesOf, read } from './kit/repository.ts'
import { findImpurities } from './purity-scan.ts'

/** The text of the source: what it may reach for, how long it may be, how it exports. */
const deterministic = filesOf(
  'core/*.ts',
  'machines/*.ts',
  'actors/fill-simulator/*.ts',
  'actors/fill-simulator.actor.ts',
)
/** Queue shares of the reference are logarithms; `Math.log` agreed on all engines tried. */
const allowedMath: Readonly<Record<string, readonly string[]>> = {
  'actors/fill-simulator/queue-share.ts': ['log'],
}

describe('Core, machines and fill simulator', () => {
  test('reach for no time, chance, locale or engine-dependent arithmetic', () => {
    expect(deterministic.length).toBeGreaterThan(50)
    const found = deterministic.flatMap((path) =>
      findImpurities(read(path), allowedMath[path]).map((f) => `${path}:${f.line} ${f.what}`),
    )
    expect(found).toEqual([])
  })

  test.each([
    ['const t = Date.now()', 'Date'],
    ['const t = new Date()', 'Date'],
    ['const now = Date\nnow.now()', 'Date'],
    ['const t = performance.now()', 'performance'],
    ['const { random } = Math', 'Math'],
    ["const x = Math['random']()", 'Math'],
    ['const x = Math.random()', 'Math.random'],
    ['setTimeout(() => 1, 5)', 'setTimeout'],
    ['setInterval(tick, 5)', 'setInterval'],
    ['const later = setImmediate', 'setImmediate'],
    ['queueMicrotask(tick)', 'queueMicrotask'],
    ['const seed = process.env.SEED', 'process'],
    ['const it = { process }', 'process'],
    ['const t = globalThis.Date.now()', 'globalThis'],
    ['const id = crypto.randomUUID()', 'crypto'],
    ["const s = 'b'.localeCompare('a')", 'localeCompare'],
    ["const s = 'b'['localeCompare']('a')", 'localeCompare'],
    ['const s = (1.5).toLocaleString()', 'toLocaleString'],
    ["const s = 'I'.toLocaleLowerCase()", 'toLocaleLowerCase'],
    ['const f = new Intl.NumberFormat()', 'Intl'],
    ['const x = Math.pow(2, 0.5)', 'Math.pow'],
    ['const x = Math.exp(1)', 'Math.exp'],
    ['const x = Math.log(2)', 'Math.log'],
    ['const x = Math.log1p(2)', 'Math.log1p'],
    ['const x = Math.log2(2)', 'Math.log2'],
    ['const x = Math.log10(2)', 'Math.log10'],
    ['const x = Math.cbrt(2)', 'Math.cbrt'],
    ['const x = Math.sinh(2)', 'Math.sinh'],
    ['const x = Math.hypot(3, 4)', 'Math.hypot'],
    ['const x = 10 ** digits', '**'],
    ['const x = base ** -digits', '**'],
    ['let x = 2; x **= 3', '**='],
  ])('%s is found', (text, what) => {
    expect(findImpurities(text).map((finding) => finding.what)).toEqual([what])
  })

  test.each([
    'const n = 2 ** 40',
    'const money = 10n ** BigInt(decimals)',
    'const x = Math.floor(Math.sqrt(Math.abs(y)))',
    "// Date.now() and Math.random() stand in a comment\nconst s = 'Math.random()'",
    'type Row = { Date: string; process: number }\nconst row = { Date: 1 }; row.Date',
    'const other = { localeCompareNot: 1 }',
  ])('%s is not found', (text) => {
    expect(findImpurities(text)).toEqual([])
  })

  test('a function is allowed in the file it is allowed for, and its neighbours are not', () => {
    const text = 'const x = Math.log(1 + y) + Math.log1p(y)'
    expect(findImpurities(text, ['log']).map((f) => f.what)).toEqual(['Math.log1p'])
  })
})

/** Files that are longer than a reader holds in mind, and why they are one thing all the same. */
const longFiles: Readonly<Record<string, string>> = {}
const limit = 300

describe('every source file', () => {
  const source = filesOf('*.ts', '*.mjs', '*.cjs').filter((path) => !path.startsWith('test/'))

  test(`has at most ${limit} lines, but for those listed with a reason`, () => {
    const long = source.filter((path) => read(path).split('\n').length - 1 > limit)
    expect(long).toEqual(Object.keys(longFiles))
  })

  test('has no default export; the test runner alone asks for some', () => {
    const all = filesOf('*.ts', '*.mjs')
    expect(all.filter((path) => hasDefaultExport(read(path)))).toEqual([
      'test/mutation/load-runner.ts',
      'test/mutation/runner.ts',
      'test/mutation/vitest.config.ts',
      'vitest.config.ts',
    ])
  })

  test.each([
    'export default 1',
    'export default function f() {}',
    'export default class {}',
    'const a = 1\nexport { a as default }',
    "export { default } from './a.ts'",
    'export = 1',
  ])('a default export is seen in: %s', (text) => {
    expect(hasDefaultExport(text)).toBe(true)
  })

  test.each([
    "import a from './a.ts'",
    "import { default as a } from './a.ts'",
    'switch (x) { default: }',
    "const s = 'export default 1'",
  ])('no default export is seen in: %s', (text) => {
    expect(hasDefaultExport(text)).toBe(false)
  })
})

function hasDefaultExport(text: string): boolean {
  const file = ts.createSourceFile('scan.ts', text, ts.ScriptTarget.Latest, true)
  return file.statements.some((statement) => {
    if (ts.isExportAssignment(statement)) return true
    if (ts.isExportDeclaration(statement)) {
      const { exportClause } = statement
      if (exportClause === undefined || !ts.isNamedExports(exportClause)) return false
      return exportClause.elements.some(({ name }) => name.text === 'default')
    }
    const modifiers = ts.canHaveModifiers(statement) ? ts.getModifiers(statement) : undefined
    return modifiers?.some(({ kind }) => kind === ts.SyntaxKind.DefaultKeyword) ?? false
  })
}
