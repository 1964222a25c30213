import { argv } from 'node:process'
import { pathToFileURL } from 'node:url'
import { type SchedulerAction, type SchedulerLike, Subject, VirtualTimeScheduler } from 'rxjs'
import { actor } from '../../actors/actor.ts'
import { inletOf } from '../../runtime/inlet.ts'
import { Mailbox } from '../../runtime/mailbox.ts'
import { startTopology } from '../../runtime/run-topology.ts'
import { topology } from '../../runtime/topology.ts'
import { VirtualScheduler } from '../../runtime/virtual-scheduler.ts'
import { wire } from '../../runtime/wire.ts'
import { machineHeader } from './machine.ts'

/**
 * What the kernel costs against RxJS: messages through a chain, and scheduled actions in the hold
 * model (each action that runs schedules one more, so that the number pending stays the same).
 * Each figure is the median of rounds after a warm-up; ours and the peer's rounds alternate.
 *
 *     node --conditions=source --import tsx test/bench/kernel.bench.ts
 */
export type BenchRow = {
  readonly name: string
  /** Both in `unit`, so smaller is better. */
  readonly ours: number
  readonly peer: number
  /** peer / ours: above 1 we are faster. */
  readonly ratio: number
  readonly unit: string
}

const ROUNDS = 5

export function kernelBench(): BenchRow[] {
  return [
    compare('3-actor topology against 3 Subjects', topologyChain, subjectChain, 300_000),
    compare('3-inlet mailbox against 3 Subjects', mailboxChain, subjectChain, 300_000),
    ...[1, 10, 1_000, 10_000].map((pending) =>
      compare(
        `hold model, ${pending} pending, against VirtualTimeScheduler`,
        (count) => {
          const mailbox = new Mailbox()
          return hold(new VirtualScheduler(mailbox), () => mailbox.run(), pending, count)
        },
        (count) => {
          const peer = new VirtualTimeScheduler()
          // The peer's cost grows with what is pending: fewer actions say as much.
          const fewer = Math.max(1_000, Math.round((10 * count) / (10 + pending)))
          return hold(peer, () => peer.flush(), pending, fewer)
        },
        200_000,
      ),
    ),
  ]
}

type Round = (count: number) => number

/** Nanoseconds an operation, ours and the peer's. */
function compare(name: string, ours: Round, peer: Round, count: number): BenchRow {
  const [mine, theirs]: [number[], number[]] = [[], []]
  for (let round = -1; round < ROUNDS; round++) {
    const [a, b] = [ours(count), peer(count)]
    if (round < 0) continue
    mine.push(a)
    theirs.push(b)
  }
  const [a, b] = [median(mine), median(theirs)]
  return { name, ours: a, peer: b, ratio: b / a, unit: 'ns' }
}

const median = (values: number[]): number => values.sort((a, b) => a - b)[values.length >> 1]!

function nanosOf(work: () => void): number {
  const start = process.hrtime.bigint()
  work()
  return Number(process.hrtime.bigint() - start)
}

type Tick = { readonly price: number; readonly qty: number }
type LinkPorts = { in: { in: Tick }; out: { out: Tick } }

/** The first actor asks for its message again each nanosecond; every delivery counts. */
function topologyChain(count: number): number {
  let left = count / 3
  let sum = 0
  const spec = { in: { in: 2 }, out: ['out'], optional: ['in', 'out'] } as const
  const first = actor<LinkPorts>()('first', spec, (context) => ({
    in: (tick) => {
      context.emit('out', tick)
      return --left > 0 ? context.now + 1 : undefined
    },
  }))
  const middle = actor<LinkPorts>()('middle', spec, (context) => ({
    in: (tick) => context.emit('out', tick),
  }))
  const last = actor<LinkPorts>()('last', spec, () => ({
    in: (tick) => {
      sum += tick.qty
    },
  }))
  const chain = topology('chain', {
    actors: { first, middle, last },
    wires: ({ first, middle, last }) => [
      wire(first.out.out, middle.in.in),
      wire(middle.out.out, last.in.in),
    ],
  })
  const system = startTopology(chain)
  system.post('first', 'in', { price: 1, qty: 1 })
  const time = nanosOf(() => system.run())
  return time / checked(system.mailbox.delivered, 3 * sum)
}

function mailboxChain(count: number): number {
  let left = count / 3
  let sum = 0
  const mailbox = new Mailbox()
  const last = inletOf('last', 'in', 2, (tick) => {
    sum += (tick as Tick).qty
  })
  const middle = inletOf('middle', 'in', 2, (tick) => void mailbox.post(last, tick))
  const first = inletOf('first', 'in', 2, (tick) => {
    mailbox.post(middle, tick)
    return --left > 0 ? mailbox.now + 1 : undefined
  })
  mailbox.post(first, { price: 1, qty: 1 })
  const time = nanosOf(() => mailbox.run())
  return time / checked(mailbox.delivered, 3 * sum)
}

/** No order, no time, no queue: what a delivery costs at the least in RxJS. */
function subjectChain(count: number): number {
  let sum = 0
  const [first, middle, last] = [new Subject<Tick>(), new Subject<Tick>(), new Subject<Tick>()]
  first.subscribe((tick) => middle.next(tick))
  middle.subscribe((tick) => last.next(tick))
  last.subscribe((tick) => {
    sum += tick.qty
  })
  const tick = { price: 1, qty: 1 }
  const rounds = count / 3
  const time = nanosOf(() => {
    for (let i = 0; i < rounds; i++) first.next(tick)
  })
  return time / checked(count, 3 * sum)
}

/**
 * Delays of 1 to 1,000 ms from a fixed generator, the same for both. Timed while the number pending
 * stays the same: from the first action to the last that schedules another.
 */
function hold(scheduler: SchedulerLike, flush: () => void, pending: number, count: number): number {
  let left = count
  let seed = 1
  let [start, end] = [0n, 0n]
  const next = (): number => {
    seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0
    return 1 + (seed % 1_000)
  }
  function work(this: SchedulerAction<number>): void {
    if (left === count) start = process.hrtime.bigint()
    if (left-- > 0) this.schedule(0, next())
    else if (end === 0n) end = process.hrtime.bigint()
  }
  for (let i = 0; i < pending; i++) scheduler.schedule(work, next(), 0)
  flush()
  return Number(end - start) / count
}

function checked(actual: number, expected: number): number {
  if (actual !== expected) throw new Error(`${actual} deliveries where ${expected} were expected`)
  return actual
}

export function formatKernelBench(rows: readonly BenchRow[]): string {
  return rows
    .map(({ name, ours, peer, ratio, unit }) => {
      const times = `${ours.toFixed(0).padStart(6)} ${unit}, peer ${peer.toFixed(0).padStart(7)}`
      return `${name.padEnd(56)} ${times}, ratio ${ratio.toFixed(2)}`
    })
    .join('\n')
}

if (import.meta.url === pathToFileURL(argv[1] ?? '').href) {
  console.log(machineHeader())
  console.log(formatKernelBench(kernelBench()))
}
