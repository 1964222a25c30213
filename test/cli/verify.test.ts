/** `escapement verify`: a run directory that is whole, and everything by which it is not. */
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { cpSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { CodedError } from '@escapement/core'
import { describe, expect, it } from 'vitest'
import { backtestCommand } from '../../runtime/cli/backtest.command.ts'
import { readRecordedRun, readRunFolder } from '../../runtime/cli/recorded-run.ts'
import { verifyCommand } from '../../runtime/cli/verify.command.ts'
import { verifyRun } from '../../runtime/cli/verify-run.ts'
import { escapement, folderWith, onlyJson } from '../kit/cli.ts'
import { smallConfig } from '../kit/cli-config.ts'
import { contentOf, inProcess, ranIn } from '../kit/cli-run.ts'
import { atEveryWrite } from '../kit/every-write.ts'

type Problem = {
  code: string
  facts: { file: string; field?: string; line?: number; found?: string }
}
const verify = async (run: string) => {
  const ended = await inProcess(true, (output) => verifyCommand(run, output))
  return { code: ended.code, ...(onlyJson(ended) as { status: string; problems: Problem[] }) }
}
type Listed = { name: string; size: number; sha256: string }
const manifestOf = (run: string) =>
  JSON.parse(readFileSync(join(run, 'manifest.json'), 'utf8')) as { artifacts: Listed[] } & Record<
    string,
    unknown
  >
const edit = (run: string, name: string, change: (text: string) => string) => {
  const file = join(run, name)
  const [before, after] = [readFileSync(file, 'latin1'), change(readFileSync(file, 'latin1'))]
  expect(after).not.toBe(before)
  writeFileSync(file, after, 'latin1')
}
const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')
/** Makes the mark vouch for the manifest that is there now. */
const remark = (run: string) =>
  writeFileSync(join(run, '_DONE'), sha256(readFileSync(join(run, 'manifest.json'))))
/** Makes the list of the manifest say what is there now. */
function relist(run: string): void {
  const manifest = manifestOf(run)
  const artifacts = manifest.artifacts.map(({ name }) => {
    const bytes = readFileSync(join(run, name))
    return { name, size: bytes.length, sha256: sha256(bytes) }
  })
  writeFileSync(join(run, 'manifest.json'), JSON.stringify({ ...manifest, artifacts }))
  remark(run)
}

describe('verify of a run directory that is whole', () => {
  it('says so, exit 0, also through the real command line, and writes nothing', async () => {
    const { run } = await ranIn(smallConfig())
    const before = contentOf(run)
    expect(await verify(run)).toMatchObject({ code: 0, status: 'whole', problems: [] })
    const ended = await escapement(['verify', run])
    expect([ended.code, ended.stdout]).toEqual([0, `${run}: whole, 7 files, done\n`])
    expect(contentOf(run)).toEqual(before)
    const { artifacts } = manifestOf(run)
    expect(artifacts.map(({ name }) => name)).toEqual(
      before.map(([file]) => file).filter((file) => !['_DONE', 'manifest.json'].includes(file)),
    )
  })

  it('also of a run that failed', async () => {
    const source = `export const strategy = { name: 'x', init: () => null,
      decide: () => { throw new Error('enough') } }`
    const config = { ...smallConfig(), strategy: { module: './s.mjs' } }
    const { run } = await ranIn(config, { 's.mjs': source })
    expect(existsSync(join(run, '_FAILED'))).toBe(true)
    expect(await verify(run)).toMatchObject({ status: 'whole', outcome: 'failed' })
  })
})

describe('verify names the file that is not what the run left', () => {
  const files = ['config.json', 'equity.csv', 'events/000000.seg', 'fills.csv', 'summary.json']

  it.each(files)('%s, one byte of which is another', async (name) => {
    const { run } = await ranIn(smallConfig())
    edit(run, name, (text) => `${text.slice(0, 60)}#${text.slice(61)}`)
    const { code, problems } = await verify(run)
    expect(code).toBe(1)
    expect(problems.map(({ facts }) => facts.file)).toContain(join(run, name))
  })

  it.each([...files, 'events/index', 'topology.mmd'])('%s, which is gone', async (name) => {
    const { run } = await ranIn(smallConfig())
    rmSync(join(run, name))
    const { code, problems } = await verify(run)
    expect(code).toBe(1)
    expect(problems[0]!.facts.file).toBe(join(run, name))
  })

  it('one that no list names', async () => {
    const { run } = await ranIn(smallConfig())
    writeFileSync(join(run, 'events/000001.seg'), '')
    const { problems } = await verify(run)
    expect(problems[0]!.facts).toMatchObject({
      file: join(run, 'events/000001.seg'),
      found: 'a file that is not listed',
    })
  })

  it('the mark, where a run did not end, and nothing else', async () => {
    const { run } = await ranIn(smallConfig())
    rmSync(join(run, '_DONE'))
    rmSync(join(run, 'fills.csv'))
    const { code, problems } = await verify(run)
    expect([code, problems.map(({ facts }) => facts.file)]).toEqual([1, [join(run, '_DONE')]])
    const both = await ranIn(smallConfig())
    writeFileSync(join(both.run, '_FAILED'), '')
    expect((await verify(both.run)).problems[0]!.facts.found).toBe('_DONE and _FAILED')
  })

  it.each([
    ['schema', (text: string) => text.replace('run-1', 'run-9'), 'schema'],
    ['status', (text: string) => text.replace('"done"', '"failed"'), 'status'],
    ['seed', (text: string) => text.replace('"seed": 1', '"seed": 2'), 'runHash'],
    ['list', (text: string) => text.replace('"artifacts"', '"others"'), 'artifacts'],
    ['code', (text: string) => text.replace('"code"', '"others"'), 'code'],
    [
      'path',
      (text: string) => text.replace('"name": "config.json"', '"name": "../config.json"'),
      'artifacts.0.name',
    ],
  ])('manifest.json and the field: another %s', async (_claim, change, field) => {
    const { run } = await ranIn(smallConfig())
    edit(run, 'manifest.json', change)
    expect((await verify(run)).code).toBe(1)
    remark(run)
    const { code, problems } = await verify(run)
    expect(code).toBe(1)
    expect(problems[0]).toMatchObject({
      code: 'ESC_RUN_DIRECTORY',
      facts: { file: join(run, 'manifest.json'), field },
    })
  })

  it('manifest.json, where only the mark knows better', async () => {
    const { run } = await ranIn(smallConfig())
    edit(run, 'manifest.json', (text) => text.replace('"provenance": "un', '"provenance": "'))
    const { problems } = await verify(run)
    expect(problems.map(({ facts }) => [facts.file, facts.field])).toEqual([
      [join(run, 'manifest.json'), 'its SHA-256'],
    ])
  })

  it('manifest.json and the line that is no JSON', async () => {
    const { run } = await ranIn(smallConfig())
    edit(run, 'manifest.json', (text) => text.replace('"seed": 1', '"seed": one'))
    const lines = readFileSync(join(run, 'manifest.json'), 'utf8').split('\n')
    const line = lines.findIndex((text) => text.includes('"seed": one')) + 1
    expect((await verify(run)).problems[0]!.facts).toMatchObject({
      file: join(run, 'manifest.json'),
      line,
    })
    edit(run, 'manifest.json', (text) => text.slice(0, text.indexOf('\n', 300)))
    const { length } = readFileSync(join(run, 'manifest.json'), 'utf8').split('\n')
    expect((await verify(run)).problems[0]!.facts.line).toBe(length)
  })

  it('summary.json of a version that is not known', async () => {
    const { run } = await ranIn(smallConfig())
    edit(run, 'summary.json', (text) => text.replace('summary-1', 'summary-9'))
    relist(run)
    const { problems } = await verify(run)
    expect(problems.map(({ facts }) => [facts.file, facts.field, facts.found])).toEqual([
      [join(run, 'summary.json'), 'schema', '"escapement/summary-9"'],
    ])
  })

  it('the log, though the list agrees: a link of the chain, the end, and what the summary states', async () => {
    const { run } = await ranIn(smallConfig())
    edit(run, 'summary.json', (text) => text.replace(/("eventLogHash": ")./, '$1x'))
    relist(run)
    expect((await verify(run)).problems[0]!.facts).toMatchObject({
      file: join(run, 'events'),
      field: 'eventLogHash',
    })
    const cut = await ranIn(smallConfig())
    edit(cut.run, 'events/000000.seg', (text) => text.slice(0, -10))
    relist(cut.run)
    const [problem] = (await verify(cut.run)).problems
    expect([problem!.code, problem!.facts.file]).toEqual([
      'ESC_LOG_DAMAGED',
      join(cut.run, 'events/000000.seg'),
    ])
  })

  it.each([
    ['a folder that is not there', () => join(folderWith(), 'none')],
    ['a folder of something else', () => folderWith({ 'a.txt': '' })],
  ])('%s is bad input', async (_claim, folder) => {
    const ended = await inProcess(true, (output) => verifyCommand(folder(), output))
    expect(ended.code).toBe(2)
    expect(onlyJson(ended)).toMatchObject({ code: 'ESC_RUN_DIRECTORY' })
  })
})

/** What a killed run left is believed as a whole or not at all; says which. */
function expectOldOrNew(run: string): boolean {
  if (!existsSync(join(run, 'manifest.json'))) return false
  const folder = readRunFolder(run)
  if (folder.outcome !== 'open') {
    expect(verifyRun(folder)).toEqual([])
    return true
  }
  try {
    expect(readRecordedRun(run).hashes).toBeNull()
  } catch (cause) {
    // Before the first segment has a header there is no log.
    expect(cause).toBeInstanceOf(CodedError)
    expect((cause as CodedError).code).toBe('ESC_LOG_DAMAGED')
  }
  return false
}

describe('a run that is killed leaves what was or what is to be, and nothing in between', () => {
  it('at every write', async () => {
    const folder = folderWith({ 'c.json': JSON.stringify(smallConfig()) })
    const run = join(folder, 'run')
    let taken = 0
    const copy = () => {
      if (existsSync(run)) cpSync(run, join(folder, `killed-${taken++}`), { recursive: true })
    }
    await inProcess(true, (output) =>
      atEveryWrite(copy, () => backtestCommand(join(folder, 'c.json'), { out: run }, output)),
    )
    copy()
    const whole = new Map(contentOf(run))
    const believed: boolean[] = []
    for (let n = 0; n < taken; n++) {
      const killed = join(folder, `killed-${n}`)
      believed.push(expectOldOrNew(killed))
      for (const [name, content] of contentOf(killed)) {
        if (/\.tmp$|^events\//.test(name) || whole.get(name) === content) continue
        expect([name, JSON.parse(content)]).toMatchObject(['manifest.json', { status: 'running' }])
      }
    }
    const first = believed.indexOf(true)
    expect(first).toBeGreaterThan(30)
    expect(believed.slice(first)).not.toContain(false)
  })

  it('by the system, at any moment', async () => {
    const config = smallConfig()
    const synthetic = { seed: 3, durationSeconds: 30, rowsPerSecond: 3_000 }
    config.data = [{ synthetic, instrument: 'BTC' }]
    const folder = folderWith({ 'c.json': JSON.stringify(config) })
    const main = fileURLToPath(new URL('../../runtime/cli/main.ts', import.meta.url))
    const outcomes: boolean[] = []
    for (const [n, ms] of [0, 40, 150].entries()) {
      const run = join(folder, `run-${n}`)
      const flags = ['--conditions=source', '--import', import.meta.resolve('tsx'), main]
      const args = ['backtest', join(folder, 'c.json'), '--out', run, '--sync', 'always']
      const child = spawn(process.execPath, [...flags, ...args], { stdio: 'ignore' })
      const ended = new Promise((resolve) => child.on('close', resolve))
      while (!existsSync(join(run, 'manifest.json')) && child.exitCode === null) await sleep(1)
      await sleep(ms)
      child.kill('SIGKILL')
      await ended
      outcomes.push(expectOldOrNew(run))
    }
    expect(outcomes[0]).toBe(false)
  })
})
