import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { RowFlag, RowKind } from '@escapement/core'
import { describe, expect, it, onTestFinished } from 'vitest'
import { dataHash } from '../../adapters/market-data/data-hash.ts'
import { runBacktest } from '../../runtime/backtest.ts'
import { backtestOf, making, market } from '../kit/backtest.ts'
import { bareLogHash } from '../kit/backtest-bare.ts'
import { escapement, folderWith, onlyJson, type Surroundings } from '../kit/cli.ts'

/** Hashes that no machine, no Node major and no commit may change without saying why. */
type Golden = {
  readonly firstRun: Readonly<Record<string, string>>
}
const golden = JSON.parse(readFileSync(new URL('./golden.json', import.meta.url), 'utf8')) as Golden

/** `escapement backtest` with nothing given, in a process of its own. */
async function firstRun(surroundings: Surroundings = {}, args: readonly string[] = []) {
  const out = folderWith()
  const ended = await escapement(['backtest', '--json', '--out', out, ...args], surroundings)
  expect(ended.code, ended.stderr).toBe(0)
  const { eventLogHash, stateHash, dataHash, configFingerprint, topologyHash } = onlyJson(ended)
  return { eventLogHash, stateHash, dataHash, configFingerprint, topologyHash }
}

/** Keeps a core busy until the test is over. */
function load(): void {
  const child = spawn(process.execPath, ['-e', 'for (;;) Math.sqrt(2)'], { stdio: 'ignore' })
  onTestFinished(() => void child.kill('SIGKILL'))
}

const SURROUNDINGS: readonly (readonly [claim: string, surroundings: Surroundings])[] = [
  ['as it is', {}],
  [
    'half an hour off, in Turkish',
    { env: { TZ: 'Asia/Kolkata', LANG: 'tr_TR.UTF-8', LC_ALL: 'tr_TR.UTF-8' } },
  ],
  [
    'in Arabic digits, in the root folder',
    { cwd: '/', env: { TZ: 'Pacific/Chatham', LC_ALL: 'ar_EG.UTF-8' } },
  ],
  [
    'with a small heap',
    { cwd: tmpdir(), env: { NODE_OPTIONS: '--max-old-space-size=160 --max-semi-space-size=1' } },
  ],
  [
    'with a large heap and no locale',
    { env: { NODE_OPTIONS: '--max-old-space-size=2048', LC_ALL: 'C', LANG: '' } },
  ],
]

describe('the run that needs nothing has one hash', () => {
  it.each(SURROUNDINGS)('%s', async (_claim, surroundings) => {
    expect(await firstRun(surroundings)).toEqual(golden.firstRun)
  })

  it('on a loaded machine', async () => {
    load()
    load()
    expect(await firstRun()).toEqual(golden.firstRun)
  })

  it('and another seed has another one', async () => {
    const other = await firstRun({}, ['--seed', '2'])
    expect(other.dataHash).toBe(golden.firstRun.dataHash)
    for (const name of [
      'eventLogHash',
      'stateHash',
      'configFingerprint',
      'topologyHash',
    ] as const) {
      expect(other[name], name).not.toBe(golden.firstRun[name])
    }
  })
})

describe('whoever looks on changes nothing', () => {
  const definition = backtestOf(market())
  const { eventLogHash, stateHash, events } = runBacktest(definition)

  it('a progress callback, though it cuts the run into a hundred pieces', () => {
    const shares: number[] = []
    const watched = runBacktest(definition, { onProgress: (share) => void shares.push(share) })
    expect(shares.length).toBe(100)
    expect(watched).toMatchObject({ eventLogHash, stateHash, events })
  })

  it('a second run in the same process', () => {
    expect(runBacktest(definition)).toMatchObject({ eventLogHash, stateHash })
  })

  it('a recorder and a monitor that are there or not', () => {
    expect(bareLogHash(definition)).toBe(eventLogHash)
  })
})

describe('whatever decides changes the hash', () => {
  const rows = market()
  const { eventLogHash } = runBacktest(backtestOf(rows))

  it('the seed', () => {
    expect(runBacktest(backtestOf(rows, { seed: 2 })).eventLogHash).not.toBe(eventLogHash)
  })

  it('a parameter of the strategy', () => {
    const wider = backtestOf(rows, {}, making({ qtyLots: 11 }))
    expect(runBacktest(wider).eventLogHash).not.toBe(eventLogHash)
  })

  it('a nanosecond of latency', () => {
    const latency = { entryNs: 5_000_001, responseNs: 5_000_000 }
    expect(runBacktest(backtestOf(rows, { venue: { latency } })).eventLogHash).not.toBe(
      eventLogHash,
    )
  })

  it('one lot in one row of the book', () => {
    const last = rows.kind.lastIndexOf(RowKind.DEPTH)
    const qty = rows.qty.slice()
    qty[last]! += 1
    const changed = { ...rows, qty }
    expect(dataHash(changed)).not.toBe(dataHash(rows))
    const other = runBacktest(backtestOf(changed))
    expect(other.eventLogHash).not.toBe(eventLogHash)
  })

  it('one row that the strategy does not see and the Venue does', () => {
    const flags = rows.flags.slice()
    const trade = rows.kind.indexOf(RowKind.TRADE)
    flags[trade]! &= ~RowFlag.LOCAL
    expect(runBacktest(backtestOf({ ...rows, flags })).eventLogHash).not.toBe(eventLogHash)
  })
})
