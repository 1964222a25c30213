/**
 * Two logs of one run, one of them changed at a position: bisection must name the position that
 * reading both from the beginning names.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { LogKind } from '@escapement/core'
import { test as propertyTest } from '@fast-check/vitest'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { LogLink } from '../../actors/ports.ts'
import { backtestCommand } from '../../runtime/cli/backtest.command.ts'
import { openSide } from '../../runtime/cli/diff-side.ts'
import { logDifference } from '../../runtime/cli/log-difference.ts'
import { readRunFolder } from '../../runtime/cli/recorded-run.ts'
import { commonLinks } from '../../runtime/diff/common-links.ts'
import { recordedSteps } from '../../runtime/event-log/read-log.ts'
import { describeEvent } from '../../runtime/replay/describe-event.ts'
import type { RecordedStep } from '../../runtime/replay/recorded-step.ts'
import { smallConfig } from '../kit/cli-config.ts'
import { inProcess } from '../kit/cli-run.ts'
import { rewriteRun, wholeSteps } from '../kit/rewritten-run.ts'

const folder = mkdtempSync(join(tmpdir(), 'escapement-test-'))
const run = join(folder, 'run')
afterAll(() => rmSync(folder, { recursive: true, force: true }))
/** The run with a digest at every position. */
let original = ''
let steps: readonly Required<RecordedStep>[] = []

beforeAll(async () => {
  const config = smallConfig()
  const synthetic = { seed: 3, durationSeconds: 4, rowsPerSecond: 3_000 }
  config.data = [{ synthetic, instrument: 'BTC' }]
  const file = join(folder, 'c.json')
  writeFileSync(file, JSON.stringify(config))
  await inProcess(true, (output) => backtestCommand(file, { out: run }, output))
  steps = await wholeSteps(run)
  original = rewritten(steps)
})

let copies = 0
type Rest = Parameters<typeof rewriteRun> extends [string, string, infer _, ...infer R] ? R : never
function rewritten(changed: readonly RecordedStep[], ...rest: Rest): string {
  const path = join(folder, `copy-${copies++}`)
  rewriteRun(run, path, changed, ...rest)
  return path
}

const side = (path: string) => openSide(readRunFolder(path), undefined)
const difference = (a: string, b: string) => logDifference(side(a), side(b))

/** The first difference of two runs by reading everything. */
function naively(a: string, b: string): number | null {
  const read = (path: string) => {
    const { log, viewOf } = side(path)
    return [...recordedSteps(log.records(), viewOf)]
  }
  const [left, right] = [read(a), read(b)]
  for (let i = 0; i < Math.max(left.length, right.length); i++) {
    const [one, other] = [left[i], right[i]]
    if (one === undefined || other === undefined) return i
    if (describeEvent(one.event) !== describeEvent(other.event)) return i
    for (const name of ['stepDigest', 'stateDigest'] as const) {
      if (one[name] !== undefined && other[name] !== undefined && one[name] !== other[name])
        return i
    }
  }
  return null
}

const flipped = (text: string) => (text[0] === '0' ? '1' : '0') + text.slice(1)
const CHANGES = {
  event: (step: Required<RecordedStep>): RecordedStep => ({
    ...step,
    event: { type: 'control.checkpoint', time: step.event.time, label: 'another' },
  }),
  decision: (step: Required<RecordedStep>): RecordedStep => {
    return { ...step, stepDigest: flipped(step.stepDigest) }
  },
  state: (step: Required<RecordedStep>): RecordedStep => {
    return { ...step, stateDigest: flipped(step.stateDigest) }
  },
}
const changedAt = (position: number, what: keyof typeof CHANGES): readonly RecordedStep[] =>
  steps.map((step) => (step.position === position ? CHANGES[what](step) : step))
const positions = fc.nat().map((pick) => pick % steps.length)
/** Three positions in four, differently by seed. */
const chosen = (seed: number) => (position: number) => ((position + seed) * 2654435761) % 7 < 5

describe('of two logs that differ at one position', () => {
  propertyTest.prop([positions, fc.constantFrom('event', 'decision', 'state' as const)], {
    numRuns: 12,
  })('that position is named, with what differs', (position, what) => {
    const [a, b] = [original, rewritten(changedAt(position, what))]
    expect(side(a).log.index.length).toBeGreaterThan(2)
    expect(difference(a, b)).toMatchObject({ position, parts: [what] })
    expect(naively(a, b)).toBe(position)
  })

  propertyTest.prop([positions, fc.nat(99), fc.nat(99), fc.constantFrom('event', 'decision')], {
    numRuns: 8,
  })('so it is when the logs cut their runs differently', (position, one, other, what) => {
    const a = rewritten(steps, () => true, chosen(one))
    const b = rewritten(changedAt(position, what), chosen(other), chosen(other))
    expect(difference(a, b)?.position ?? null).toBe(naively(a, b))
    if (what === 'event') expect(naively(a, b)).toBe(position)
  })

  it('a decision whose Event stands before a link and its result behind it', () => {
    // One run first, so that Events have even numbers among the records.
    const isPassed = (position: number) => position < 4
    const a = rewritten(steps, isPassed, (position) => position === 3)
    const records = [...side(a).log.records()].map(({ record }) => record)
    const link = records.findIndex(({ kind }) => kind === LogKind.LINK)
    expect(records[link - 1]!.kind).toBe(LogKind.EVENT)
    const { position } = records[link - 1]!
    const changed = changedAt(position, 'decision')
    const b = rewritten(changed, isPassed, (one) => one === 3)
    expect(difference(a, b)).toMatchObject({ position, parts: ['decision'] })
  })

  propertyTest.prop([positions], { numRuns: 3 })('the end of the shorter one', (position) => {
    const [a, b] = [original, rewritten(steps.slice(0, position))]
    expect(difference(a, b)).toMatchObject({ position, b: null, parts: [] })
    expect(difference(b, a)).toMatchObject({ position, a: null, parts: [] })
  })
})

describe('of two logs that hold the same', () => {
  propertyTest.prop([fc.nat(99), fc.nat(99)], { numRuns: 4 })(
    'no position is named, however their runs are cut',
    (one, other) => {
      const a = rewritten(steps, chosen(one), chosen(one))
      const b = rewritten(steps, () => true, chosen(other))
      expect(difference(a, b)).toBeNull()
      expect(difference(run, b)).toBeNull()
    },
  )

  it('next to nothing is read: no more records than two blocks hold', () => {
    const [a, b] = [side(original), side(rewritten(steps))]
    const counts = [a, b].map(({ log }) => {
      const count = { records: 0 }
      const { records } = log
      log.records = function* (position) {
        for (const read of records.call(this, position)) {
          count.records++
          yield read
        }
      }
      return count
    })
    expect(logDifference(a, b)).toBeNull()
    for (const { records } of counts) expect(records).toBeLessThan(2 * 1024 + 4)
  })

  it('an index that is of no use costs only time', () => {
    const b = rewritten(steps)
    const index = join(b, 'events/index')
    const bytes = readFileSync(index)
    // The byte at which the records behind the first link begin; its checksum then is another.
    bytes[16] = bytes[16]! ^ 1
    writeFileSync(index, bytes)
    expect(difference(original, b)).toBeNull()
    const changed = rewritten(changedAt(steps.length - 9, 'event'))
    rmSync(join(changed, 'events/index'))
    expect(difference(original, changed)?.position).toBe(steps.length - 9)
  })
})

describe('commonLinks', () => {
  const chain = (length: number, from: number) => ({
    length,
    asked: [] as number[],
    entry(i: number): LogLink {
      this.asked.push(i)
      return { position: i, records: 1024 * (i + 1), hash: Uint8Array.of(i < from ? i : 255 - i) }
    },
  })

  propertyTest.prop([fc.nat(40), fc.nat(40), fc.nat(40)])(
    'counts the links before the first that differs',
    (long, short, from) => {
      const [a, b] = [chain(long, 100), chain(short, from)]
      expect(commonLinks(a, b)).toBe(Math.min(long, short, from))
      expect(a.asked.length).toBeLessThanOrEqual(6)
    },
  )

  it('takes equal hashes at another number of records for no link', () => {
    const other = { length: 1, entry: (): LogLink => ({ ...chain(1, 9).entry(0), records: 5 }) }
    expect(commonLinks(chain(1, 9), other)).toBe(0)
  })
})
