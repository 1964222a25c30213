/** `escapement replay`: the log of a run, stepped through the Core again and held against itself. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { crc32c, LogKind, type LogRecord, logRecords } from '@escapement/core'
import { describe, expect, it } from 'vitest'
import { backtestCommand } from '../../runtime/cli/backtest.command.ts'
import { type ReplayFlags, replayCommand } from '../../runtime/cli/replay.command.ts'
import { escapement, folderWith, onlyJson } from '../kit/cli.ts'
import { type Config, smallConfig } from '../kit/cli-config.ts'
import { contentOf, inProcess } from '../kit/cli-run.ts'

type Report = {
  status: string
  position: number
  from: number
  steps: number
  compared: { steps: number; states: number }
  difference: { position: number; kind: string; recorded: string; recomputed: string } | null
  damage: { found: string } | null
  stateHash: string
  stateChain: string | null
  state: { digest: string; openOrders: unknown[] }
}

async function ran(flags: Record<string, string> = {}, config: Config = smallConfig()) {
  const folder = folderWith({ 'c.json': JSON.stringify(config) })
  const run = join(folder, 'run')
  const ended = await inProcess(true, (output) =>
    backtestCommand(join(folder, 'c.json'), { out: run, ...flags }, output),
  )
  const { eventLogHash, stateHash, events } = onlyJson(ended) as Record<string, string> & {
    events: number
  }
  return { run, eventLogHash, stateHash, events }
}

async function replay(run: string, flags: ReplayFlags = {}) {
  const ended = await inProcess(true, (output) => replayCommand(run, flags, output))
  return { code: ended.code, report: onlyJson(ended) as unknown as Report }
}

/** Rewrites the records of a run's log; checksums are made anew, so only the replay can tell. */
function rewrite(run: string, change: (bytes: Buffer, record: LogRecord) => Buffer | null): void {
  const file = join(run, 'events/000000.seg')
  const bytes = readFileSync(file)
  const start = 16 + bytes.readUInt32LE(8)
  const body = bytes.subarray(start)
  const parts = [...logRecords(body)].flatMap((record) => {
    const one = change(Buffer.from(body.subarray(record.from, record.to)), record)
    one?.writeUInt32LE(crc32c(one, 8), 4)
    return one === null ? [] : [one]
  })
  writeFileSync(file, Buffer.concat([bytes.subarray(0, start), ...parts]))
}

const digestsOf = ({ report }: { report: Report }) => report.state.digest

describe('replay', () => {
  it('comes to the State of the run, compares every digest, and writes nothing', async () => {
    const { run, stateHash, events } = await ran()
    const before = contentOf(run)
    const { code, report } = await replay(run, { verify: true })
    expect(code).toBe(0)
    expect(report).toMatchObject({
      status: 'same',
      from: 0,
      position: events - 1,
      steps: events,
      stateHash,
    })
    expect(report.compared.steps).toBeGreaterThan(100)
    expect(report.compared.states).toBeGreaterThan(40)
    expect(contentOf(run)).toEqual(before)
  })

  it('digests State at every position when asked, and comes to one chain of them', async () => {
    const { run } = await ran()
    const [first, again, plain] = [
      await replay(run, { verify: 'all' }),
      await replay(run, { verify: 'all' }),
      await replay(run, { verify: true }),
    ]
    expect(first.report.stateChain).toMatch(/^[0-9a-f]{64}$/)
    expect(again.report.stateChain).toBe(first.report.stateChain)
    expect(plain.report.stateChain).toBeNull()
  })

  it('stops at a position and shows State there, from a snapshot or from the start', async () => {
    const kept = await ran({ snapshots: '100' }, { ...smallConfig(), control: { digestEvery: 50 } })
    expect(readdirSync(join(kept.run, 'snapshots')).length).toBeGreaterThan(3)
    const fast = await replay(kept.run, { to: '333' })
    const slow = await replay(kept.run, { to: '333', verify: true })
    expect([slow.report.from, slow.report.position]).toEqual([0, 333])
    expect(fast.report.from).toBeGreaterThan(100)
    expect(fast.report.position).toBe(333)
    expect(digestsOf(fast)).toBe(digestsOf(slow))
    expect(fast.report.state).toEqual(slow.report.state)
  })

  it('drops a damaged snapshot, and says so', async () => {
    const { run } = await ran(
      { snapshots: '100' },
      { ...smallConfig(), control: { digestEvery: 50 } },
    )
    const sound = await replay(run, { to: '333' })
    const folder = join(run, 'snapshots')
    const latest = readdirSync(folder)
      .filter((name) => Number.parseInt(name, 10) <= 333)
      .at(-1)!
    const bytes = readFileSync(join(folder, latest))
    bytes[bytes.length >> 1]! ^= 1
    writeFileSync(join(folder, latest), bytes)
    const { code, report } = await replay(run, { to: '333' })
    expect(code).toBe(0)
    expect(report.from).toBeLessThan(sound.report.from)
    expect(report.state).toEqual(sound.report.state)
    const told = await escapement(['replay', run, '--to', '333', '--json'])
    expect(told.stderr).toMatch(/snapshot is dropped/)
  })

  it('of a log that holds its rows is the same', async () => {
    const [reference, full] = [await ran(), await ran({ log: 'full' })]
    expect(full.eventLogHash).toBe(reference.eventLogHash)
    const { report } = await replay(full.run, { verify: true })
    expect(report).toMatchObject({ status: 'same', stateHash: reference.stateHash })
  })

  it('through the real command line', async () => {
    const { run } = await ran()
    const ended = await escapement(['replay', run, '--verify'])
    expect(ended.code, ended.stderr).toBe(0)
    expect(ended.stdout).toContain('what was recomputed is what was recorded')
  })
})

describe('replay names the first position that is not what it was', () => {
  const positionOf = (run: string, kind: number, nth: number) => {
    const bytes = readFileSync(join(run, 'events/000000.seg'))
    const body = bytes.subarray(16 + bytes.readUInt32LE(8))
    return [...logRecords(body)].filter((record) => record.kind === kind)[nth]!.position
  }

  it('an Event that was removed', async () => {
    const { run } = await ran()
    const at = positionOf(run, LogKind.EVENT, 60)
    rewrite(run, (bytes, { position, kind }) => (position === at && kind < 3 ? null : bytes))
    const { code, report } = await replay(run, { verify: true })
    expect(code).toBe(1)
    expect(report).toMatchObject({ status: 'differs', position: at - 1 })
    expect(report.difference).toMatchObject({ kind: 'position', recomputed: `position ${at}` })
  })

  it('an Event that was altered, with both sides', async () => {
    const { run } = await ran()
    const at = positionOf(run, LogKind.EVENT, 60)
    rewrite(run, (bytes, { position, kind }) => {
      if (position === at && kind === LogKind.EVENT)
        bytes.writeDoubleLE(bytes.readDoubleLE(18) + 1, 18)
      return bytes
    })
    for (const flags of [{ verify: true }, {}] as const) {
      const { code, report } = await replay(run, flags)
      expect(code).toBe(1)
      expect(report.difference).toMatchObject({ position: at })
      expect(report.difference!.recorded).not.toBe(report.difference!.recomputed)
    }
  })

  it('a digest that was altered', async () => {
    const { run } = await ran()
    const at = positionOf(run, LogKind.RESULT, 40)
    rewrite(run, (bytes, { position, kind }) => {
      if (position === at && kind === LogKind.RESULT) bytes[18]! ^= 1
      return bytes
    })
    const { report } = await replay(run, { verify: true })
    expect(report.difference).toMatchObject({ position: at, kind: 'stepDigest' })
  })

  it.each([
    [{ verify: 'some' }, '--verify'],
    [{ to: '-1' }, '--to'],
    [{ to: 'end' }, '--to'],
  ])('and refuses %o', async (flags, field) => {
    const { run } = await ran()
    const ended = await inProcess(true, (output) => replayCommand(run, flags, output))
    expect(ended.code).toBe(2)
    expect(onlyJson(ended)).toMatchObject({ code: 'ESC_USAGE', facts: { field } })
  })
})

describe('backtest refuses', () => {
  it.each([
    [{ log: 'all' }, '--log'],
    [{ sync: 'often' }, '--sync'],
    [{ snapshots: '0' }, '--snapshots'],
  ])('%o', async (flags, field) => {
    const folder = folderWith({ 'c.json': JSON.stringify(smallConfig()) })
    const out = join(folder, 'run')
    const ended = await inProcess(true, (output) =>
      backtestCommand(join(folder, 'c.json'), { out, ...flags }, output),
    )
    expect(ended.code).toBe(2)
    expect(onlyJson(ended)).toMatchObject({ code: 'ESC_USAGE', facts: { field } })
    expect(readdirSync(folder)).toEqual(['c.json'])
  })
})
