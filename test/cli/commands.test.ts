import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { decimal, formatDecimal, multiply, parseDecimal, toScale } from '@escapement/core'
import { describe, expect, it, onTestFinished } from 'vitest'
import { encodeNpz } from '../../adapters/npz/encode.ts'
import { syntheticMarket } from '../../adapters/synthetic/synthetic.ts'
import { escapement, folderWith, onlyJson } from '../kit/cli.ts'
import { smallConfig } from '../kit/cli-config.ts'
import { contentOf } from '../kit/cli-run.ts'

const npz = Buffer.concat(
  encodeNpz(syntheticMarket({ seed: 2, durationSeconds: 2, rowsPerSecond: 300 })),
)
// Control characters besides the newline; the escape that begins a colour is one of them.
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there.
const CONTROL = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/
const config = JSON.stringify(smallConfig())

const COMMANDS = [
  'backtest',
  'sweep',
  'experiment',
  'convert',
  'replay',
  'diff',
  'rerun',
  'verify',
  'explain',
  'log',
  'calibrate',
  'storage',
  'tables',
  'machines',
]

describe('convert writes every format, and the rows stay the same', () => {
  it('npz to dataset to npy to npz, told by the ending or by --format', async () => {
    const cwd = folderWith({ 'a.npz': npz })
    const hashes = new Set<unknown>()
    for (const [from, to, ...flags] of [
      ['a.npz', 'b.arrow'],
      ['b.arrow', 'c.npy'],
      ['c.npy', 'd.bin', '--format', 'npz'],
      ['d.bin', 'e.arrow'],
    ] as const) {
      const ended = await escapement(['convert', from, to, '--json', ...flags], { cwd })
      expect(ended.code, ended.stderr).toBe(0)
      expect(onlyJson(ended)).toMatchObject({
        status: 'done',
        from: { path: from },
        to: { path: to },
      })
      hashes.add(onlyJson(ended).dataHash)
    }
    expect(hashes.size).toBe(1)
    expect(readFileSync(join(cwd, 'd.bin')).subarray(0, 2).toString()).toBe('PK')
  })

  it.each([
    ['an ending that says nothing', ['a.npz', 'b.data'], 'ESC_USAGE'],
    ['an unknown format', ['a.npz', 'b.npz', '--format', 'csv'], 'ESC_USAGE'],
    ['one name', ['a.npz'], 'ESC_USAGE'],
    ['nothing to read', ['none.npz', 'b.npz'], 'ESC_DATA_READ'],
    ['a folder that is not there', ['a.npz', 'none/b.npz'], 'ESC_OUTPUT'],
  ])('%s is bad input', async (_claim, args, code) => {
    const cwd = folderWith({ 'a.npz': npz })
    const ended = await escapement(['convert', ...args, '--json'], { cwd })
    expect(ended.code).toBe(2)
    expect(onlyJson(ended)).toMatchObject({ status: 'failed', code })
    expect(readdirSync(cwd)).toEqual(['a.npz'])
  })
})

/** Modules that import xstate must lie where it can be found. */
function machineModule(source: string): string {
  const folder = fileURLToPath(
    new URL(`../../node_modules/.escapement-test-${process.pid}`, import.meta.url),
  )
  mkdirSync(folder, { recursive: true })
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const file = join(folder, 'm.ts')
  writeFileSync(file, `import { createMachine } from 'xstate'\n${source}`)
  return file
}
const state = (key: string, rest = '') => `${key}: { description: '${key}.', ${rest} }`
const LAMP = `export const lamp = createMachine({ id: 'lamp', initial: 'off', states: {
  ${state('off', "on: { press: 'on' }")}, ${state('on', "on: { press: 'off' }")} } })\n`

describe('machines lists, draws and checks', () => {
  const named = (ended: Parameters<typeof onlyJson>[0]) =>
    onlyJson(ended).machines as { name: string; problems: string[]; drawing: string }[]

  it('its own, all of which are in order', async () => {
    const ended = await escapement(['machines', 'check', '--json'])
    expect(ended.code).toBe(0)
    expect(named(ended).length).toBeGreaterThanOrEqual(9)
    expect(named(ended).every(({ problems }) => problems.length === 0)).toBe(true)
    const drawn = await escapement(['machines', 'draw', 'session', '--json'])
    expect(named(drawn)[0]!.drawing).toContain('stateDiagram-v2')
  })

  it("a user's machine that is in order", async () => {
    const ended = await escapement(['machines', 'check', machineModule(LAMP), '--json'])
    expect(named(ended)).toEqual([{ name: 'lamp', problems: [] }])
    expect(ended.code).toBe(0)
  })

  it("a user's machines that are not: a timer, and a state nobody reaches", async () => {
    const file = machineModule(`${LAMP}
      export const timer = createMachine({ id: 'timer', initial: 'a', states: {
        ${state('a', "after: { 1000: 'b' }")}, ${state('b')} } })
      export const island = createMachine({ id: 'island', initial: 'a', states: {
        ${state('a')}, b: {} } })`)
    const ended = await escapement(['machines', 'check', file, '--json'])
    expect(ended.code).toBe(1)
    expect(onlyJson(ended).status).toBe('failed')
    const problems = Object.fromEntries(named(ended).map(({ name, problems }) => [name, problems]))
    expect(problems.lamp).toEqual([])
    expect(problems.timer).toEqual([expect.stringMatching(/"timer" cannot be compiled.*after/)])
    expect(problems.island).toEqual(['state b has no description', 'state b cannot be reached'])
  })

  it.each([
    ['a name that no machine has', () => 'nobody', 'nobody'],
    ['a module that does not load', () => machineModule('throw new Error("no luck")'), 'no luck'],
    ['a module without machines', () => machineModule('export const one = 1'), 'no exported'],
  ])('%s is bad input', async (_claim, target, text) => {
    const ended = await escapement(['machines', 'check', target(), '--json'])
    expect(ended.code).toBe(2)
    expect(onlyJson(ended)).toMatchObject({ code: 'ESC_MACHINE_UNKNOWN' })
    expect(onlyJson(ended).message).toContain(text)
  })
})

describe('the command line itself', () => {
  it('says its version and its commands', async () => {
    const version = JSON.parse(
      readFileSync(new URL('../../package.json', import.meta.url), 'utf8'),
    ) as { version: string }
    expect((await escapement(['--version'])).stdout).toBe(`escapement ${version.version}\n`)
    const help = await escapement(['--help'])
    expect(help.code).toBe(0)
    for (const name of COMMANDS) expect(help.stdout).toContain(name)
  })

  it('promises in its help no command that does not exist', async () => {
    const { stdout } = await escapement(['--help'])
    expect(stdout).not.toMatch(/\b(paper|live|inspect|report)\b/)
    const listed = [...stdout.split('Commands:')[1]!.matchAll(/^ {2}(\w+)/gm)].map(
      ([, name]) => name!,
    )
    expect(listed).toEqual([...COMMANDS, 'help'])
    for (const name of listed.slice(0, -1)) {
      const help = await escapement(['help', name])
      expect(help.code, name).toBe(0)
      expect(help.stdout, name).toContain('Usage: escapement')
    }
  })

  it.each([['frobnicate'], ['machines', 'dance'], ['backtest', 'a', 'b']])(
    'refuses %s %s %s',
    async (...args) => {
      const ended = await escapement([...args.filter(Boolean), '--json'], { cwd: folderWith() })
      expect(ended.code).toBe(2)
      expect(onlyJson(ended)).toMatchObject({ status: 'failed', code: 'ESC_USAGE' })
    },
  )
})

describe('a run directory', () => {
  it('tells in fills.csv and equity.csv what summary.json sums up', async () => {
    const cwd = folderWith({ 'c.json': config })
    const ended = await escapement(['backtest', 'c.json', '--json', '--out', 'out'], { cwd })
    const summary = onlyJson(ended)
    const read = (name: string) => readFileSync(join(cwd, 'out', name), 'utf8')
    expect(JSON.parse(read('summary.json'))).toEqual(summary)
    const csv = (name: string) => {
      const [head, ...lines] = read(name)
        .trimEnd()
        .split('\n')
        .map((line) => line.split(','))
      return lines.map((cells) => Object.fromEntries(head!.map((key, i) => [key, cells[i]!])))
    }
    const units = (text: string) => toScale(parseDecimal(text), 8)!
    const fills = csv('fills.csv')
    expect(fills.length).toBe(summary.fills)
    expect(fills.length).toBeGreaterThan(10)
    let [position, cash, fee] = [0n, 0n, 0n]
    for (const fill of fills) {
      const sign = fill.side === 'buy' ? 1n : -1n
      position += sign * units(fill.qty!)
      const amount = formatDecimal(multiply(parseDecimal(fill.price!), parseDecimal(fill.qty!)))
      cash -= sign * units(amount)
      fee += units(fill.fee!)
    }
    const text = (money: bigint) => toScale(decimal(money, 8), 8)
    expect(position).toBe(units('0.001') * BigInt(summary.positionLots as number))
    expect(text(cash)).toBe(units(summary.balance as string))
    expect(text(fee)).toBe(units(summary.fee as string))
    const equity = csv('equity.csv')
    expect(equity.length).toBe(summary.decisions)
    expect(Number(equity.at(-1)!.position_lots)).toBe(summary.positionLots)
  })

  it('is written once: a second run with the same --out is refused and changes nothing', async () => {
    const cwd = folderWith({ 'c.json': config })
    const args = ['backtest', 'c.json', '--out', 'out']
    const first = await escapement(args, { cwd })
    expect(first.code).toBe(0)
    for (const text of [first.stdout, first.stderr]) expect(text).not.toMatch(CONTROL)
    const content = () => contentOf(join(cwd, 'out'))
    const before = content()
    const second = await escapement([...args, '--json'], { cwd })
    expect(second.code).toBe(2)
    expect(onlyJson(second)).toMatchObject({ code: 'ESC_OUTPUT', facts: { file: 'out' } })
    expect(content()).toEqual(before)
  })

  it('takes the next free name under runs/ when none is given', async () => {
    const cwd = folderWith({ 'c.json': config })
    for (const n of [1, 2]) {
      const ended = await escapement(['backtest', 'c.json', '--json'], { cwd })
      expect(onlyJson(ended).runDirectory).toMatch(new RegExp(`/runs/small-[0-9a-f]{8}-${n}$`))
    }
    expect(readdirSync(join(cwd, 'runs')).length).toBe(2)
  })
})
