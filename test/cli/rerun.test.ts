/** `escapement rerun`: what a run directory recorded, run again. */
import { cpSync, readFileSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { encodeNpz } from '../../adapters/npz/encode.ts'
import { syntheticMarket } from '../../adapters/synthetic/synthetic.ts'
import { rerunCommand } from '../../runtime/cli/rerun.command.ts'
import { escapement, folderWith, onlyJson } from '../kit/cli.ts'
import { type Config, smallConfig } from '../kit/cli-config.ts'
import { contentOf, inProcess, ranIn } from '../kit/cli-run.ts'
import { rewriteRun, wholeSteps } from '../kit/rewritten-run.ts'

type Side = { directory: string; outcome: string; eventLogHash: string | null; runHash: string }
type Report = { status: string; run: Side; rerun: Side; diff: { difference: { position: number } } }

async function rerun(run: string, flags: { base?: string } = {}, isJson = true) {
  const out = join(folderWith(), 'again')
  const ended = await inProcess(isJson, (output) => rerunCommand(run, { out, ...flags }, output))
  return { ...ended, out }
}
const report = (ended: Awaited<ReturnType<typeof rerun>>) => onlyJson(ended) as unknown as Report

/** Quotes once a second and throws in the fourth. */
const FAILING = `export const strategy = {
  name: 'failing',
  init: () => null,
  decide(view) {
    if (view.now > 3e9) throw new Error('enough')
    return { wakeAt: view.now + 1_000_000_000 }
  },
}`

describe('rerun of a run that is done', () => {
  it('comes out with the same hashes, in a run directory of its own', async () => {
    const { run } = await ranIn(smallConfig())
    const before = contentOf(run)
    const ended = await rerun(run)
    expect(ended.code, ended.stderr).toBe(0)
    const told = report(ended)
    expect(told).toMatchObject({ schema: 'escapement/rerun-1', status: 'same', diff: null })
    expect(told.rerun.eventLogHash).toBe(told.run.eventLogHash)
    expect(told.rerun.runHash).toBe(told.run.runHash)
    expect(told.rerun.directory).toBe(ended.out)
    expect(contentOf(run)).toEqual(before)
    for (const name of ['config.json', 'fills.csv', 'equity.csv', 'events/000000.seg']) {
      expect(readFileSync(join(ended.out, name)), name).toEqual(readFileSync(join(run, name)))
    }
  })

  it('elsewhere, with the data where --base says, and again from there', async () => {
    const rows = syntheticMarket({ seed: 4, durationSeconds: 3, rowsPerSecond: 800 })
    const npz = Buffer.concat(encodeNpz(rows))
    const config: Config = { ...smallConfig(), data: [{ path: 'm.npz', instrument: 'BTC' }] }
    const first = await ranIn(config, { 'm.npz': npz })
    const elsewhere = folderWith({ 'm.npz': npz })
    const copy = join(elsewhere, 'copy')
    cpSync(first.run, copy, { recursive: true })
    rmSync(first.folder, { recursive: true })
    const lost = await rerun(copy)
    expect(lost.code).toBe(2)
    expect(onlyJson(lost)).toMatchObject({ code: 'ESC_DATA_READ' })
    const found = await rerun(copy, { base: elsewhere })
    expect(report(found)).toMatchObject({ status: 'same' })
    expect(report(await rerun(found.out))).toMatchObject({ status: 'same' })
  })

  it('through the real command line', async () => {
    const { folder } = await ranIn(smallConfig())
    const ended = await escapement(['rerun', 'run', '--out', 'again'], { cwd: folder })
    expect(ended.code, ended.stderr).toBe(0)
    expect(ended.stdout).toContain('The run came out the same.')
    expect(ended.stdout).toContain(join(folder, 'again'))
  })
})

describe('rerun of a run that did not end', () => {
  it('that failed fails again at the same place', async () => {
    const config = { ...smallConfig(), strategy: { module: './s.mjs' } }
    const { run } = await ranIn(config, { 's.mjs': FAILING })
    const ended = await rerun(run)
    expect(ended.code, ended.stderr).toBe(0)
    const { status, rerun: again } = report(ended)
    expect([status, again.outcome]).toEqual(['same', 'failed'])
  })

  it('that was interrupted comes out the same as far as it went', async () => {
    const { run } = await ranIn(smallConfig())
    rmSync(join(run, '_DONE'))
    const log = join(run, 'events/000000.seg')
    truncateSync(log, Math.floor(readFileSync(log).length / 2))
    expect(report(await rerun(run))).toMatchObject({ status: 'same', run: { outcome: 'open' } })
    expect((await rerun(run, {}, false)).stdout).toContain('as far as it went')
  })
})

describe('rerun of what is another run now', () => {
  it('names the first position that came out otherwise, exit 1', async () => {
    const { run } = await ranIn(smallConfig())
    const steps = await wholeSteps(run)
    const position = Math.floor(steps.length / 2)
    const label = {
      type: 'control.checkpoint',
      time: steps[position]!.event.time,
      label: 'x',
    } as const
    const other = join(folderWith(), 'other')
    rewriteRun(
      run,
      other,
      steps.map((step) => (step.position === position ? { ...step, event: label } : step)),
    )
    const file = join(other, 'summary.json')
    writeFileSync(file, readFileSync(file, 'utf8').replace(/("eventLogHash": ")./, '$1x'))
    const ended = await rerun(other)
    expect(ended.code).toBe(1)
    expect(report(ended)).toMatchObject({ status: 'differs', diff: { difference: { position } } })
    const text = await rerun(other, {}, false)
    expect(text.stdout).toContain('The run came out otherwise.')
    expect(text.stdout).toContain(`differ first at position ${position}`)
  })

  it('says which hash is not the one that was stated', async () => {
    const { run } = await ranIn(smallConfig())
    const file = join(run, 'summary.json')
    writeFileSync(file, readFileSync(file, 'utf8').replace(/("eventLogHash": ")./, '$1x'))
    const ended = await rerun(run, {}, false)
    expect(ended.code).toBe(1)
    expect(ended.stdout).toMatch(/event log +x[0-9a-f]{63}\n +event log now +[0-9a-f]{64}\n/)
  })

  it('with another strategy there is nothing to run: bad input, and nothing written', async () => {
    const config = { ...smallConfig(), strategy: { module: './s.mjs' } }
    const { folder, run } = await ranIn(config, { 's.mjs': FAILING })
    renameSync(join(folder, 's.mjs'), join(folder, 'old.mjs'))
    writeFileSync(join(folder, 's.mjs'), FAILING.replace('3e9', '2e9'))
    const before = contentOf(folder)
    const ended = await rerun(run)
    expect(ended.code).toBe(2)
    expect(onlyJson(ended)).toMatchObject({ code: 'ESC_RUN_DIFFERS' })
    expect(contentOf(folder)).toEqual(before)
  })
})
