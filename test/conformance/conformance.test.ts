/** The conformance corpus against our Core, and the runner against a directory it has never seen. */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Intent } from '@escapement/core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { admit } from '../../core/execution-control/admission.ts'
import type { WorkDraft } from '../../core/execution-control/work-draft.ts'
import { fixtures } from '../kit/fixtures.ts'
import { runDirectory } from './run-directory.ts'

const vectors = fixtures.path('vectors')
const here = existsSync(vectors)
if (!here) process.stderr.write(`conformance: no vectors at ${vectors}; their test is skipped\n`)

test.runIf(here)('every vector of the corpus holds, but for what a rule waives', () => {
  const { lines, passed, failed } = runDirectory(vectors)
  expect(lines.filter((line) => line.includes('FAILED'))).toEqual([])
  expect(failed).toBe(0)
  expect(passed).toBeGreaterThan(0)
  expect(lines.at(-1)).toBe(`${passed} passed, 0 failed`)
  // The line that the documentation states.
  expect(readFileSync('docs/quality.md', 'utf8')).toContain(`\n${lines.at(-1)}\n`)
})

test('Execution Control without Risk does not compile', () => {
  const skipRisk = (draft: WorkDraft, intents: readonly Intent[]) =>
    // @ts-expect-error only Risk makes an Allowed: the corpus' `execution_without_policy`
    admit(draft, intents)
  expect(skipRisk).toBeTypeOf('function')
})

const START = '1700000000000000000'
const LATER = '1700000001000000000'
const order = { instrument: 'ABC', client_order_id: 'a', side: 'buy', price: 99.5, qty: 2 }

/** A book, a NEW, its hand-over and record: `filled` of 2 are filled at the end. */
const vector = (name: string, remaining: number, dispatchable: readonly string[]) => ({
  name,
  description: '',
  authority: 'normative',
  tags: [],
  configuration: {
    instruments: { ABC: { tick_size: 0.5, lot_size: 0.25, contract_size: 1 } },
    risk: { position_limits: { max_position: 2 } },
    rate_limits: { max_orders_per_sec: 1 },
  },
  steps: [
    {
      entry: {
        position: 0,
        event: { type: 'market', instrument: 'ABC', bids: [[99, 1]], asks: [[100, 1.5]] },
      },
      now_ns: START,
      intents: [
        { type: 'new', ...order },
        { type: 'new', ...order, client_order_id: 'b', qty: 5 },
      ],
    },
    {
      entry: { position: 1, event: { type: 'order_submitted', ...order } },
      now_ns: LATER,
      mark_sent: [{ instrument: 'ABC', client_order_id: 'a', type: 'new' }],
    },
  ],
  expect: [
    {
      policyRejected: [['0.1', 'MAX_POSITION']],
      dispatchable,
      state: {
        time_ns: START,
        cursor: 0,
        market: { ABC: { best_bid: 99, ask_qty: 1.5, mid: 99.5 } },
      },
    },
    {
      state: {
        time_ns: LATER,
        cursor: 1,
        orders: { ABC: { a: { side: 'buy', price: 99.5, qty: 2, remaining, state: 'submitted' } } },
        lifecycle: { ABC: { a: { state: 'submitted' } } },
      },
    },
  ],
})

const bucket = (second: boolean) => ({
  name: `second call ${second}`,
  authority: 'convention',
  limit_per_sec: 1,
  calls: [
    [START, true, START],
    [START, second, LATER],
  ],
})

describe('the runner on a directory of the format', () => {
  const runner = fileURLToPath(new URL('run.ts', import.meta.url))
  const run = (...args: string[]) =>
    spawnSync(process.execPath, ['--conditions=source', '--import', 'tsx', runner, ...args], {
      encoding: 'utf8',
    })
  let directory = ''
  const write = (name: string, content: unknown) =>
    writeFileSync(join(directory, name), JSON.stringify(content))
  const steps = (...all: unknown[]) => ({
    format: 'core-conformance/1',
    kind: 'steps',
    vectors: all,
  })

  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), 'conformance-'))
  })
  afterAll(() => rmSync(directory, { recursive: true }))

  test('passes what holds, and says so last', () => {
    write('steps.json', steps(vector('tiny/right', 2, ['0.0'])))
    write('bucket.json', { kind: 'token-bucket', cases: [bucket(false)] })
    const { status, stdout } = run(directory)
    expect(stdout).toContain('steps.json: 2 passed, 0 failed, 0 waived, 0 not compared')
    expect(stdout.trimEnd().split('\n').at(-1)).toBe('3 passed, 0 failed')
    expect(status).toBe(0)
  })

  test('names vector, step, expected and found of what does not hold', () => {
    write('steps.json', steps(vector('tiny/right', 2, ['0.0']), vector('tiny/wrong', 1.75, [])))
    write('bucket.json', { kind: 'token-bucket', cases: [bucket(true)] })
    const { status, stdout } = run(directory)
    expect(stdout).toContain('FAILED steps.json tiny/wrong, step 0')
    expect(stdout).toContain('dispatchable: expected [], found ["0.0"]')
    expect(stdout).toContain('FAILED steps.json tiny/wrong, step 1')
    expect(stdout).toContain('orders.ABC.a.remaining: expected 1.75, found 2')
    expect(stdout).toContain('FAILED bucket.json second call true')
    expect(stdout.trimEnd().split('\n').at(-1)).toBe('2 passed, 3 failed')
    expect(status).toBe(1)
  })

  test('fails a file that is not of the format', () => {
    write('steps.json', { kind: 'poetry' })
    write('bucket.json', { kind: 'token-bucket', cases: [] })
    const { status, stdout } = run(directory)
    expect(stdout).toContain('found "unknown kind poetry"')
    expect(status).toBe(1)
  })

  test('says which directory is missing', () => {
    const { status, stderr } = run(join(directory, 'nothing-here'))
    expect(stderr).toContain('conformance: no directory')
    expect(status).toBe(2)
  })
})
