import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readReport, reportedPackages, writeApiReports } from '../../scripts/api-report.ts'
import { read } from './kit/repository.ts'
import { temporary } from './kit/workbench.ts'

/** The public surface of the packages stands in etc/, so that a change of it shows in a diff. */
const { directory, remove } = temporary('api-report')
beforeAll(() => writeApiReports(directory), 120_000)
afterAll(remove)

/**
 * The line below the mark is the name that lacks its docstring. What a class implements is explained
 * once, at the type.
 */
const undocumented = (report: string): string[] => {
  const lines = report.replace(/^export class \w+ implements [\s\S]*?^}$/gm, '').split('\n')
  return lines.flatMap((line, i) => (line.includes('(undocumented)') ? [lines[i + 1]!.trim()] : []))
}

describe.each(reportedPackages)('the API report of %s', (name) => {
  test('is what the sources say; `npm run docs:api-report` writes it anew', () => {
    expect(read(`etc/${name}.api.md`)).toBe(readReport(directory, name))
  })

  test('finds a docstring for every export, and for every member of a class or interface', () => {
    expect(undocumented(readReport(directory, name))).toEqual([])
  })
})

test('a name without a docstring is seen in a report', () => {
  const report = '// @public (undocumented)\nexport const a = 1\n\n// @public\nexport const b = 2'
  expect(undocumented(report)).toEqual(['export const a = 1'])
})
