import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { runBacktest } from '../../runtime/backtest.ts'
import { convertCommand } from '../../runtime/cli/convert.command.ts'
import { Output } from '../../runtime/cli/output.ts'
import { prepareBacktest } from '../../runtime/cli/prepare-backtest.ts'
import { bareLogHash } from '../kit/backtest-bare.ts'
import { folderWith, quietly } from '../kit/cli.ts'
import { smallConfig } from '../kit/cli-config.ts'
import { fixtures } from '../kit/fixtures.ts'

type Golden = { readonly usdm: Readonly<Record<string, string>> }
const golden = JSON.parse(readFileSync(new URL('./golden.json', import.meta.url), 'utf8')) as Golden

const NPZ = fixtures.path('data/binance/usdm_btcusdt_20240808.npz')
const RAW = fixtures.path('data/binance/usdm_btcusdt_20240808.gz')
/** As slow as a cross-region link, so that rows and requests interleave. */
const LATENCY = { entryNs: 10_000_000, responseNs: 10_000_000 }

async function prepared(path: string) {
  const { name, instruments, venue, ...rest } = smallConfig()
  const config = {
    ...rest,
    name,
    data: [{ path, instrument: 'BTCUSDT' }],
    instruments: { BTCUSDT: instruments.BTC },
    venue: { ...venue, latency: LATENCY },
  }
  const folder = folderWith({ 'c.json': JSON.stringify(config) })
  return prepareBacktest(join(folder, 'c.json'), {})
}

/** Everything that must not depend on the format the rows came in. */
async function hashes(path: string) {
  const { definition, dataHash, configFingerprint } = await prepared(path)
  const { eventLogHash, stateHash, topologyHash } = runBacktest(definition)
  return { eventLogHash, stateHash, dataHash, configFingerprint, topologyHash }
}

function converted(from: string, name: string, flags = {}): string {
  const to = join(folderWith(), name)
  quietly(() => convertCommand(from, to, flags, new Output(true)))
  return to
}

describe.skipIf(!fixtures.available)('a recorded market has one hash in every format', () => {
  it('as npz', async () => {
    expect(await hashes(NPZ)).toEqual(golden.usdm)
  })

  it('as the raw capture', async () => {
    expect(await hashes(RAW)).toEqual(golden.usdm)
  })

  it('as the dataset made of the raw capture', async () => {
    expect(await hashes(converted(RAW, 'd.arrow'))).toEqual(golden.usdm)
  })

  it('as the npy made of the dataset', async () => {
    expect(await hashes(converted(converted(RAW, 'd.arrow'), 'd.npy'))).toEqual(golden.usdm)
  })

  it('without its observers', async () => {
    expect(bareLogHash((await prepared(NPZ)).definition)).toBe(golden.usdm.eventLogHash)
  })

  it('but stitched it is another market', async () => {
    const stitched = await hashes(converted(RAW, 'd.arrow', { stitch: true }))
    expect(stitched.dataHash).not.toBe(golden.usdm.dataHash)
    expect(stitched.eventLogHash).not.toBe(golden.usdm.eventLogHash)
    expect(stitched.configFingerprint).toBe(golden.usdm.configFingerprint)
  })
})
