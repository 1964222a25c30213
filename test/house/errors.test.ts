import { type ErrorCode, errorCatalog } from '@escapement/core'
import { describe, expect, test } from 'vitest'
import { errorPage } from '../../scripts/write-error-docs.ts'
import { filesOf, read } from './kit/repository.ts'

/**
 * The catalogue of errors. A code that nothing raises is a promise nobody keeps, and one that no
 * page explains leaves the reader alone; both are looked for in the text of the repository.
 */
const notYetRaised: readonly ErrorCode[] = []
/** Their tests are being written with the parts that raise them; the list only gets shorter. */
const notYetTested: readonly ErrorCode[] = [
  'ESC_LATENCY_TABLE',
  'ESC_ANOMALY',
  'ESC_MACHINE_UNKNOWN',
]
/** The command line names a broken assertion so in --json; it is no code that a program handles. */
const outsideTheCatalog: readonly string[] = ['ESC_INTERNAL']

const codes = Object.keys(errorCatalog) as ErrorCode[]

const without = (found: readonly string[], listed: readonly string[]): string[] =>
  found.filter((code) => !listed.includes(code))

/** Codes that no file of those names in a string. */
function unnamed(patterns: readonly string[]): string[] {
  const text = filesOf(...patterns)
    .filter((path) => path !== 'core/errors.ts' && !path.startsWith('test/house/'))
    .map(read)
    .join('\n')
    .replace(/@throws[^\n]*/g, '')
  return codes.filter((code) => !new RegExp(`['"\`]${code}\\b|\\b${code}[:,;'"\`\\]]`).test(text))
}

describe('the catalogue of errors', () => {
  test('holds no code that the source never raises, but for those listed with a reason', () => {
    const source = [
      'core/**.ts',
      'machines/**.ts',
      'actors/**.ts',
      'runtime/**.ts',
      'adapters/**.ts',
    ]
    expect(without(unnamed(source), notYetRaised)).toEqual([])
  })

  test('holds no code without a test, but for those listed with a reason', () => {
    expect(without(unnamed(['test/**.ts']), notYetTested)).toEqual([])
  })

  test('is what docs/errors.md says, to the letter', () => {
    expect(read('docs/errors.md')).toBe(errorPage(errorCatalog))
  })

  test('puts every code on the page once, also one of a group that does not exist yet', () => {
    const page = errorPage({ ...errorCatalog, ESC_NEW_THING: 'A thing | is new.' })
    for (const code of [...codes, 'ESC_NEW_THING']) {
      expect(page.split(`| \`${code}\` |`)).toHaveLength(2)
    }
    expect(page).toContain('A thing \\| is new.')
  })

  test('is used in source only by codes that stand in it', () => {
    const found = filesOf('*.ts', '*.md')
      .filter((path) => !path.startsWith('test/house/'))
      .flatMap((path) => read(path).match(/\bESC_[A-Z]+(?:_[A-Z]+)*\b/g) ?? [])
    const known = [...codes, ...outsideTheCatalog]
    expect(without([...new Set(found)], known)).toEqual([])
  })
})
