/** What a killed process leaves: everything that it said was written. */
import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { logHeader, readFolder } from '../kit/event-log.ts'

const KILLS = 40
const LOGS = 5

const folder = mkdtempSync(join(tmpdir(), 'escapement-crash-'))
const program = join(folder, 'writer.mjs')

beforeAll(async () => {
  await build({
    entryPoints: [fileURLToPath(new URL('../kit/log-writer.child.ts', import.meta.url))],
    outfile: program,
    bundle: true,
    platform: 'node',
    format: 'esm',
    conditions: ['source'],
  })
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** Starts the writers, kills them once they said so many lines, and gives what each said last. */
function killed(place: string, afterLines: number): Promise<readonly number[]> {
  const header = JSON.stringify({ ...logHeader, topologyHash: 'none' })
  const child = spawn(process.execPath, [program, place, String(LOGS), header])
  let said = ''
  let complaint = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    complaint += text
  })
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    said += text
    if (said.split('\n').length > afterLines) child.kill('SIGKILL')
  })
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (_code, signal) => {
      if (signal !== 'SIGKILL') reject(new Error(`the writers ended by themselves: ${complaint}`))
      const last = Array.from({ length: LOGS }, () => -1)
      for (const line of said.split('\n').slice(0, -1)) {
        const [log, position] = line.split(' ').map(Number)
        last[log!] = position!
      }
      resolve(last)
    })
  })
}

/** Positions of the Events that can be read; a record of other contents is a failure. */
function positionsOf(log: number, { records }: ReturnType<typeof readFolder>): readonly number[] {
  const label = Buffer.from(String(log))
  return records
    .filter((bytes) => bytes[8] === 1)
    .map((bytes) => {
      expect(bytes.subarray(-1).equals(label)).toBe(true)
      return bytes.readDoubleLE(9)
    })
}

test(`nothing that was acknowledged is lost when a process is killed, ${KILLS * LOGS} logs`, async () => {
  let run = 0
  let acknowledged = 0
  const losesNothing = fc.asyncProperty(fc.integer({ min: 1, max: 150 }), async (afterLines) => {
    const place = join(folder, String(run++))
    mkdirSync(place)
    const last = await killed(place, afterLines)
    last.forEach((position, log) => {
      // A log that was killed before its first record may be none yet.
      if (position < 0) return
      const found = readFolder(join(place, String(log)))
      const positions = positionsOf(log, found)
      expect(positions).toEqual(positions.map((_, i) => i))
      expect(positions.length).toBeGreaterThan(position)
      acknowledged += position + 1
    })
    rmSync(place, { recursive: true })
  })
  await fc.assert(losesNothing, { numRuns: KILLS, endOnFailure: true })
  expect(run).toBe(KILLS)
  expect(acknowledged).toBeGreaterThan(KILLS * 20)
}, 110_000)
