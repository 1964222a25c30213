/** `escapement log`: what it says, what it refuses, and what it writes. */
import { spawnSync } from 'node:child_process'
import { appendFileSync, cpSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { crc32c } from '@escapement/core'
import { describe, expect, it } from 'vitest'
import { backtestCommand } from '../../runtime/cli/backtest.command.ts'
import { type LogFlags, logCommand } from '../../runtime/cli/log.command.ts'
import { escapement, folderWith, onlyJson } from '../kit/cli.ts'
import { type Config, smallConfig, twoConfig } from '../kit/cli-config.ts'
import { readLog, recordsOf } from '../kit/cli-log.ts'
import { contentOf, inProcess } from '../kit/cli-run.ts'
import { layoutOf, overwrite } from '../kit/event-log.ts'

async function ran(config: Config = smallConfig(), log: 'reference' | 'full' = 'reference') {
  const folder = folderWith({ 'c.json': JSON.stringify(config) })
  const run = join(folder, 'run')
  const flags = { out: run, log }
  await inProcess(true, (output) => backtestCommand(join(folder, 'c.json'), flags, output))
  const summary = JSON.parse(readFileSync(join(run, 'summary.json'), 'utf8')) as {
    readonly eventLogHash: string
    readonly events: number
    readonly runDirectory: string
  }
  const [segment] = layoutOf(join(run, 'events'))
  return { folder, run, summary, segment: segment! }
}

const log = (run: string, flags: LogFlags = {}) =>
  inProcess(true, (output) => logCommand(run, flags, output))
const linesOf = (file: string) => {
  const text = readFileSync(file, 'utf8')
  expect(text.endsWith('\n')).toBe(true)
  const lines = text.trimEnd().split('\n')
  return lines.map((line) => JSON.parse(line) as Record<string, unknown>)
}

describe('a log that is whole', () => {
  it('is said to be, with what it is of and what is in it', async () => {
    const { run, summary, segment } = await ran()
    const ended = await log(run, { verify: true })
    expect(ended).toMatchObject({ code: 0, stderr: '' })
    const { events, results, runs } = readLog(recordsOf(run))
    const said = onlyJson(ended)
    expect(said).toMatchObject({
      schema: 'escapement/log-report-1',
      status: 'done',
      outcome: 'whole',
      folder: join(run, 'events'),
      segments: 1,
      bytes: segment.bytes.length,
      events: summary.events,
      hash: summary.eventLogHash,
      summaryHash: summary.eventLogHash,
      closed: true,
      whole: true,
      damage: null,
      contradiction: null,
      repaired: null,
      written: null,
    })
    expect(said.records).toMatchObject({ EVENT: events.length, RESULT: results.length, END: 1 })
    expect(said.records).toMatchObject({ RUN: runs.length, ROWS: 0 })
    expect(said.header).toMatchObject({ seed: 1, originNs: '1700000000000000000' })
    expect(said.header).not.toHaveProperty('segment')
  })

  it('is told to a person, also by its own folder and in a process of its own', async () => {
    const { run, summary } = await ran()
    const { code, stdout } = await escapement(['log', join(run, 'events'), '--verify'])
    expect(code).toBe(0)
    expect(stdout).toContain(summary.eventLogHash)
    expect(stdout).toMatch(/ {2}log +whole\n$/)
    expect(stdout).toMatch(/records +\d+ EVENT, \d+ RESULT, \d+ RUN/)
  })

  it('but is not the one of its summary is damaged', async () => {
    const [one, other] = [await ran(), await ran({ ...smallConfig(), seed: 2 })]
    rmSync(join(one.run, 'events'), { recursive: true })
    cpSync(join(other.run, 'events'), join(one.run, 'events'), { recursive: true })
    const ended = await log(one.run, { verify: true })
    expect(ended.code).toBe(1)
    expect(onlyJson(ended)).toMatchObject({ status: 'failed', outcome: 'damaged', damage: null })
    const text = await inProcess(false, (output) => logCommand(one.run, {}, output))
    expect(text.code).toBe(0)
    expect(text.stdout).toContain(`summary.json says ${one.summary.eventLogHash}`)
  })
})

describe('a log that is not', () => {
  it('says file, byte and bytes behind, and fails where it is to be verified', async () => {
    const { run, segment } = await ran()
    const at = segment.ends.findIndex((end) => end > segment.bytes.length / 2)
    overwrite(
      segment.file,
      segment.ends[at]! - 1,
      Uint8Array.of(segment.bytes[segment.ends[at]! - 1]! ^ 4),
    )
    const byte = segment.ends[at - 1]!
    const damage = { file: segment.file, byte, lost: segment.bytes.length - byte }
    for (const verify of [false, true]) {
      const ended = await log(run, { verify })
      expect(ended.code).toBe(verify ? 1 : 0)
      expect(onlyJson(ended)).toMatchObject({ outcome: 'damaged', whole: false, damage })
    }
    const { stdout } = await inProcess(false, (output) => logCommand(run, {}, output))
    expect(stdout).toContain(`damaged        ${segment.file}, byte ${byte}: `)
    expect(stdout).toContain(`${damage.lost} bytes from there`)
  })

  it('names the positions where a record was altered with a checksum of its own', async () => {
    const { run, segment } = await ran()
    const forged = Buffer.from(segment.bytes.subarray(segment.ends[3]!, segment.ends[4]!))
    forged[forged.length - 1]! ^= 1
    forged.writeUInt32LE(crc32c(forged, 8), 4)
    overwrite(segment.file, segment.ends[3]!, forged)
    const { stdout, code } = await inProcess(false, (output) => {
      logCommand(run, { verify: true }, output)
    })
    expect(code).toBe(1)
    expect(stdout).toMatch(/damaged +positions 0 to \d+: hash [0-9a-f]{64}; needed [0-9a-f]{64}/)
  })

  it('is open where its run was interrupted, damaged where that is said to be done', async () => {
    const { run, segment } = await ran()
    writeFileSync(segment.file, segment.bytes.subarray(0, segment.ends[200]))
    const done = await inProcess(false, (output) => logCommand(run, { verify: true }, output))
    expect(done.code).toBe(1)
    expect(done.stdout).toContain('no closing record')
    rmSync(join(run, '_DONE'))
    const open = await inProcess(false, (output) => logCommand(run, { verify: true }, output))
    expect(open.code).toBe(0)
    expect(open.stdout).toMatch(/log +open: sound as far as it goes/)
  })

  it('is repaired where its end is torn: cut, kept, and said', async () => {
    const { run, segment } = await ran()
    writeFileSync(segment.file, segment.bytes.subarray(0, segment.ends[200]! + 5))
    rmSync(join(run, '_DONE'))
    const repaired = {
      byte: segment.ends[200],
      cut: 5,
      kept: `${segment.file}.torn-${segment.ends[200]}`,
    }
    const ended = await log(run, { repair: true, verify: true })
    expect(ended.code).toBe(0)
    expect(onlyJson(ended)).toMatchObject({ outcome: 'open', damage: null, repaired })
    expect(existsSync(repaired.kept)).toBe(true)
    const again = await inProcess(false, (output) => logCommand(run, { repair: true }, output))
    expect(again.stdout).not.toContain('repaired')
  })

  it('is not repaired where whole records lie behind', async () => {
    const { run, segment } = await ran()
    overwrite(segment.file, segment.ends[5]! + 9, Uint8Array.of(0xee))
    const before = contentOf(run)
    const ended = await log(run, { repair: true })
    expect(ended.code).toBe(2)
    expect(onlyJson(ended)).toMatchObject({ code: 'ESC_LOG_DAMAGED', status: 'failed' })
    expect(contentOf(run)).toEqual(before)
  })

  it('is refused where there is none', async () => {
    const ended = await log(folderWith({ 'notes.txt': 'x' }))
    expect(ended.code).toBe(2)
    expect(onlyJson(ended)).toMatchObject({
      code: 'ESC_LOG_DAMAGED',
      facts: { found: 'no segment' },
    })
  })
})

describe('positions as JSON lines', () => {
  it('hold every position once, runs as one line with their ranges', async () => {
    const { run, folder, summary } = await ran()
    const to = join(folder, 'log.jsonl')
    const ended = await log(run, { to })
    const lines = linesOf(to)
    expect(onlyJson(ended).written).toEqual({ file: to, lines: lines.length })
    const { events, runs } = readLog(recordsOf(run))
    expect(lines.length).toBe(events.length + runs.length)
    let next = 0
    for (const { position, count } of lines) {
      expect(position).toBe(next)
      next += count as number
    }
    expect(next).toBe(summary.events)
    expect(lines[0]).toEqual({
      position: 0,
      count: 1,
      time_ns: '1700000000000000000',
      type: 'control.sessionStarted',
      fields: { seed: 1 },
      step: expect.stringMatching(/^[0-9a-f]{16}$/),
      state: expect.stringMatching(/^[0-9a-f]{16}$/),
    })
    const first = lines.find(({ count }) => (count as number) > 1)!
    expect(first).toMatchObject({ type: 'market.updated', position: runs[0]!.position })
    const [[instrument, from, end]] = runs[0]!.ranges as [[number, number, number]]
    expect(first.fields).toEqual({ ranges: [{ instrument, from, to: end }] })
    expect(lines.at(-1)).toMatchObject({ type: 'control.sessionEnded' })
  })

  it('are of the positions that are asked for', async () => {
    const { run, folder, summary } = await ran()
    const [all, some, one] = ['all', 'some', 'one'].map((name) => join(folder, `${name}.jsonl`))
    await log(run, { to: all! })
    await log(run, { to: some!, from: '300', until: '400' })
    const whole = linesOf(all!)
    const among = whole.filter(({ position, count }) => {
      const first = position as number
      return first <= 400 && first + (count as number) > 300
    })
    expect(linesOf(some!)).toEqual(among)
    const last = String(summary.events - 1)
    await log(run, { to: one!, from: last, until: last })
    expect(linesOf(one!)).toEqual(whole.slice(-1))
  })

  it('tell of each market Event where the rows are at hand, in the log or in the data', async () => {
    const [reference, full] = [await ran(twoConfig()), await ran(twoConfig(), 'full')]
    const files = [reference, full].map(({ folder }) => join(folder, 'log.jsonl'))
    await log(reference.run, { to: files[0]!, expand: true })
    await log(full.run, { to: files[1]!, expand: true })
    const lines = linesOf(files[0]!)
    expect(lines.map(({ position }) => position)).toEqual(lines.map((_, i) => i))
    expect(lines.length).toBe(reference.summary.events)
    expect(linesOf(files[1]!)).toEqual(lines)
    const ranges = lines.filter(({ type }) => type === 'market.updated').map(({ fields }) => fields)
    let next = 0
    for (const { from, to } of ranges as { from: number; to: number }[]) {
      expect(from).toBe(next)
      next = to
    }
    const { data } = JSON.parse(readFileSync(join(full.run, 'manifest.json'), 'utf8')) as {
      data: { rows: number }[]
    }
    expect(next).toBe(data[0]!.rows)
  })

  it('are not told of data that are others now', async () => {
    const { run, folder } = await ran()
    const config = JSON.parse(readFileSync(join(run, 'config.json'), 'utf8')) as Config
    config.data = [
      { ...config.data[0], synthetic: { seed: 4, durationSeconds: 5, rowsPerSecond: 800 } },
    ]
    writeFileSync(join(run, 'config.json'), JSON.stringify(config))
    const to = join(folder, 'log.jsonl')
    const ended = await log(run, { to, expand: true })
    expect(onlyJson(ended)).toMatchObject({ code: 'ESC_RUN_DIFFERS' })
    expect(existsSync(to)).toBe(false)
  })

  it('are those before the damage', async () => {
    const { run, folder, segment } = await ran()
    appendFileSync(segment.file, 'x')
    const [to, good] = [join(folder, 'log.jsonl'), join(folder, 'good.jsonl')]
    const ended = await log(run, { to })
    expect(onlyJson(ended)).toMatchObject({ outcome: 'damaged' })
    writeFileSync(segment.file, segment.bytes)
    await log(run, { to: good })
    expect(linesOf(to)).toEqual(linesOf(good))
  })

  it.each([
    [{ to: 'x.csv' }, '--to'],
    [{ to: 'x' }, '--to'],
    [{ from: '1' }, '--from'],
    [{ until: '1' }, '--until'],
    [{ expand: true }, '--expand'],
    [{ to: 'x.jsonl', from: '-1' }, '--from'],
    [{ to: 'x.jsonl', until: '1e3' }, '--until'],
  ])('are refused for %o', async (flags, field) => {
    const ended = await log('nowhere', flags)
    expect(ended.code).toBe(2)
    expect(onlyJson(ended)).toMatchObject({ code: 'ESC_USAGE', facts: { field } })
  })

  it('are refused where they cannot be written', async () => {
    const { run, folder } = await ran()
    const ended = await log(run, { to: join(folder, 'nowhere', 'x.jsonl') })
    expect(onlyJson(ended)).toMatchObject({ code: 'ESC_OUTPUT' })
  })
})

describe('a disk that is full', () => {
  it('fails the run with 1, says so, and leaves a log that can be read', async () => {
    const launcher = fileURLToPath(new URL('../../bin/escapement.mjs', import.meta.url))
    const folder = folderWith({ 'c.json': JSON.stringify(smallConfig()) })
    // No file of this process grows beyond 16 KiB.
    const line = `ulimit -f 16; exec "$0" ${launcher} backtest c.json --json --out run`
    const ended = spawnSync('bash', ['-c', line, process.execPath], {
      cwd: folder,
      encoding: 'utf8',
    })
    expect(ended.status).toBe(1)
    const run = join(folder, 'run')
    const said = JSON.parse(ended.stdout) as Record<string, unknown>
    expect(said).toMatchObject({ status: 'failed', code: 'ESC_OUTPUT', runDirectory: run })
    expect(said.message).toContain('EFBIG')
    expect(said.position).toEqual(expect.any(Number))
    const report = onlyJson(await log(run))
    expect(report).toMatchObject({ closed: false, contradiction: null, summaryHash: null })
    expect(existsSync(join(run, '_DONE'))).toBe(false)
  })
})
