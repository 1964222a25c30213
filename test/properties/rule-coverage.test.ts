/**
 * Every rule of the project has a test that carries its id: `describe('EC4', ...)`, or several ids
 * as `'R1, R3'` or `'E5/D1'`, or an id before a claim as in `'L5: no stage ...'`.
 */
import ts from 'typescript'
import { describe, expect, test } from 'vitest'
import { filesOf, read } from '../house/kit/repository.ts'

/** How many rules each family has: E1 to E5, EC1 to EC7, and so on. */
const FAMILIES = { E: 5, EC: 7, L: 5, R: 3, D: 4, F: 5, S: 4, I: 4, CT: 11, X: 4 } as const
const RULES: readonly string[] = Object.entries(FAMILIES).flatMap(([family, count]) =>
  Array.from({ length: count }, (_, i) => `${family}${i + 1}`),
)

/** Rules whose subject is not part of the repository yet; each goes from here with its test. */
const EXPECTED: Readonly<Record<string, string>> = {
  X2: 'the contract of record sources comes with test/actors/record-source.contract*.ts',
  X4: 'the processing context comes with test/runtime/processing-context.test.ts',
}

const ONE = `(?:${Object.keys(FAMILIES).join('|')})\\d+`
const LEADING = new RegExp(`^(${ONE}(?:\\s*[,/]\\s*${ONE})*)(?![\\w-])`)

/** The ids that a name begins with. */
const idsOf = (name: string): string[] => LEADING.exec(name)?.[1]?.split(/\s*[,/]\s*/) ?? []

const SUITES = new Set(['describe', 'it', 'test', 'propertyTest'])

/** Names given to `describe` and tests in a source text, whatever stands between name and call. */
function namesIn(text: string): string[] {
  const file = ts.createSourceFile('scan.ts', text, ts.ScriptTarget.Latest, true)
  const names: string[] = []
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node) && SUITES.has(rootOf(node.expression))) {
      const [first] = node.arguments
      if (first !== undefined && ts.isStringLiteralLike(first)) names.push(first.text)
      else if (first !== undefined && ts.isTemplateExpression(first)) names.push(first.head.text)
    }
    ts.forEachChild(node, visit)
  }
  visit(file)
  return names
}

/** `propertyTest` of `propertyTest.prop([...])`. */
function rootOf(callee: ts.Expression): string {
  if (ts.isIdentifier(callee)) return callee.text
  if (ts.isPropertyAccessExpression(callee) || ts.isCallExpression(callee)) {
    return rootOf(callee.expression)
  }
  return ''
}

describe('rules and their tests', () => {
  const files = filesOf('test/*.test.ts')
  const found = new Map<string, string>()
  for (const path of files) {
    for (const name of namesIn(read(path))) {
      for (const id of idsOf(name)) if (!found.has(id)) found.set(id, `${path}: ${name}`)
    }
  }

  test('every rule has one', () => {
    expect(files.length).toBeGreaterThan(50)
    const missing = RULES.filter((id) => !found.has(id) && EXPECTED[id] === undefined)
    expect(missing).toEqual([])
  })

  test('no test carries the id of a rule that does not exist', () => {
    const unknown = [...found].filter(([id]) => !RULES.includes(id)).map(([, where]) => where)
    expect(unknown).toEqual([])
  })

  test('what is expected is a rule', () => {
    expect(Object.keys(EXPECTED).filter((id) => !RULES.includes(id))).toEqual([])
  })
})

describe('the scan', () => {
  test.each([
    ["describe('EC2', () => {})", ['EC2']],
    ["describe('R1, R3', () => {})", ['R1', 'R3']],
    ["describe('E5/D1', () => {})", ['E5', 'D1']],
    ["test('L5: no stage of an Intent', () => {})", ['L5']],
    ["describe.each([1])('X3: the lifecycle', () => {})", ['X3']],
    ["propertyTest.prop([a], { numRuns: 3 })('CT10 holds', () => {})", ['CT10']],
    ['it(`CT99 is unknown ' + '$' + '{x}`, () => {})', ['CT99']],
  ])('sees %s', (text, ids) => {
    expect(namesIn(text).flatMap(idsOf)).toEqual(ids)
  })

  test.each([
    "describe('about EC2', () => {})",
    "// describe('EC2')",
    "say('EC2')",
    "test('D-001 is a decision', () => {})",
    "test('E4x', () => {})",
    "test('S', () => {})",
  ])('sees no id in %s', (text) => {
    expect(namesIn(text).flatMap(idsOf)).toEqual([])
  })
})
