import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import {
  goldenOf,
  goldenTableOf,
  isExperiment,
  reproducible,
} from '../../scripts/write-docs-examples.ts'
import { filesOf, mustRun, read, run } from '../house/kit/repository.ts'

/** Examples and what they print, run as a reader would run them. */
const examples = filesOf('examples/*.ts')
const experiments = filesOf('examples/*.yaml').filter(isExperiment)
const configurations = filesOf('examples/*.yaml').filter((path) => !isExperiment(path))
/** Modules that a configuration names, not programs. */
const modules = configurations.map((path) => path.replace(/yaml$/, 'ts'))

const node = (file: string) =>
  mustRun(process.execPath, ['--conditions=source', '--import', 'tsx', file])

describe('every example', () => {
  test('is numbered, and is a program with its output beside it or a module', () => {
    expect(examples.length).toBeGreaterThan(2)
    for (const path of examples) expect(path).toMatch(/^examples\/\d\d-[a-z-]+\.ts$/)
    const outputs = filesOf('examples/*.out').map((path) => path.replace(/out$/, 'ts'))
    expect([...outputs, ...modules].sort()).toEqual(examples)
  })

  test.each(examples.filter((path) => !modules.includes(path)))('%s prints its .out', (path) => {
    const { stdout, stderr } = node(path)
    expect(stdout).toBe(read(path.replace(/ts$/, 'out')))
    expect(stderr).toBe('')
  })

  test.each(configurations)('%s gives the committed hashes and counts', (config) => {
    const folder = mkdtempSync(join(tmpdir(), 'escapement-example-'))
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
    const args = ['backtest', config, '--json', '--out', join(folder, 'run')]
    const { code, stdout } = run(process.execPath, ['bin/escapement.mjs', ...args])
    expect(code).toBe(0)
    expect(reproducible(stdout)).toEqual(JSON.parse(read(goldenOf(config))))
  })

  test.each(experiments)('%s gives the committed table of results', (config) => {
    const folder = mkdtempSync(join(tmpdir(), 'escapement-example-'))
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
    const out = join(folder, 'out')
    const args = ['sweep', config, '--json', '--out', out]
    expect(run(process.execPath, ['bin/escapement.mjs', ...args]).code).toBe(0)
    const table = readFileSync(join(out, 'results/results.csv'), 'utf8')
    expect(table).toBe(read(goldenTableOf(config)))
  })
})

describe('README.md', () => {
  const blocks = [...read('README.md').matchAll(/```(\w+)\n([\s\S]*?)```/g)].map(
    ([, language, text]) => ({ language, text }),
  )

  test('shows examples/01 verbatim, and exactly what it prints', () => {
    const source = read('examples/01-first-backtest.ts')
    const at = blocks.findIndex(({ text }) => text === source)
    expect(blocks[at]?.language).toBe('ts')
    expect(blocks[at + 1]?.language).toBe('text')
    expect(blocks[at + 1]?.text).toBe(read('examples/01-first-backtest.out'))
  })
})
