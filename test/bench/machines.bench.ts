import { fileURLToPath } from 'node:url'
import { compile, machines, orderLifecycle } from '@escapement/machines'
import { assign, createActor, setup } from 'xstate'
import { machineHeader, median } from './machine.ts'

/**
 * Compiled machines against XState's own interpreter.
 *
 *     node --conditions=source --import tsx test/bench/machines.bench.ts
 *
 * Both forms get the same million signals, drawn once from a fixed seed, and must end in the
 * same states. Timed are the sends alone: creating and starting the actors, one an order, is
 * left out, event objects are made in advance, and nobody subscribes. All of that favours
 * XState. Both forms are warmed up, then pass over the sequence once, in about a thousand
 * pieces, and count as the median of the pieces: other work on the computer and long pauses of
 * the garbage collector, which are XState's, stay out of the numbers.
 */
export interface MachinesBenchRow {
  readonly name: string
  readonly signals: number
  readonly compiledNs: number
  readonly interpretedNs: number
  readonly ratio: number
  /** Whether both forms ended in the same states and contexts. */
  readonly equal: boolean
}

const signalsTotal = 1_000_000
const warmUpPieces = 100
const warmUpSignals = 100_000
const ordersAtOnce = 200
const signalsAPiece = 1_000
const seed = 20_261_122

/** Runs the comparison and gives one row a machine and form. Takes about ten seconds. */
export function machinesBench(): MachinesBenchRow[] {
  return [...benchOrders(), ...benchBucket()]
}

function benchOrders(): MachinesBenchRow[] {
  const { chart } = machines['order-lifecycle']
  const { orderOf, signalOf, pieces, orders } = drawOrders()
  const byNext = new Int16Array(orders)
  const byActor = new Int16Array(orders)
  const events = chart.signals.map((type) => ({ type }))

  const runNext = (): number => {
    const times: number[] = []
    byNext.fill(chart.initial)
    for (let piece = 0; piece < pieces.length - 1; piece++) {
      const [from, to] = [pieces[piece]!, pieces[piece + 1]!]
      const ns = timed(() => {
        for (let at = from; at < to; at++) {
          const order = orderOf[at]!
          byNext[order] = chart.next(byNext[order]!, signalOf[at]!)
        }
      })
      times.push(ns / (to - from))
    }
    return median(times)
  }
  const runActors = (until: number): number => {
    const times: number[] = []
    for (let piece = 0; piece < until; piece++) {
      const first = piece * ordersAtOnce
      const actors = Array.from({ length: ordersAtOnce }, () => createActor(orderLifecycle).start())
      const [from, to] = [pieces[piece]!, pieces[piece + 1]!]
      const ns = timed(() => {
        for (let at = from; at < to; at++)
          actors[orderOf[at]! - first]!.send(events[signalOf[at]!]!)
      })
      times.push(ns / (to - from))
      actors.forEach((actor, index) => {
        byActor[first + index] = chart.codeOf(actor.getSnapshot().value)
      })
    }
    return median(times)
  }

  runNext()
  const nextNs = runNext()
  runActors(Math.min(pieces.length - 1, warmUpPieces))
  const actorNs = runActors(pieces.length - 1)
  return [row('order lifecycle, chart.next', signalsTotal, nextNs, actorNs, same(byNext, byActor))]
}

/**
 * Draws lawful lives of orders from submission to a terminal state. Reports of the orders
 * alive at one time are interleaved, as a venue sends them; when all of them have ended, the
 * next piece begins with fresh ones.
 */
function drawOrders() {
  const { chart } = machines['order-lifecycle']
  const lawful = chart.states.map((_, state) =>
    chart.signals.map((_, signal) => signal).filter((signal) => chart.next(state, signal) >= 0),
  )
  const below = generator(seed)
  const orderOf = new Uint32Array(signalsTotal)
  const signalOf = new Uint8Array(signalsTotal)
  const pieces = [0]
  const status = new Map<number, number>()
  let alive: number[] = []
  for (let at = 0; at < signalsTotal; at++) {
    if (alive.length === 0) {
      if (at > 0) pieces.push(at)
      alive = Array.from({ length: ordersAtOnce }, (_, index) => {
        return (pieces.length - 1) * ordersAtOnce + index
      })
    }
    const place = below(alive.length)
    const order = alive[place]!
    const choices = lawful[status.get(order) ?? chart.initial]!
    const signal = choices[below(choices.length)]!
    const next = chart.next(status.get(order) ?? chart.initial, signal)
    orderOf[at] = order
    signalOf[at] = signal
    status.set(order, next)
    if (!chart.isTerminal(next)) continue
    alive[place] = alive.at(-1)!
    alive.pop()
  }
  const orders = pieces.length * ordersAtOnce
  pieces.push(signalsTotal)
  return { orderOf, signalOf, pieces: Uint32Array.from(pieces), orders }
}

interface Bucket {
  tokens: number
  refused: number
}

type BucketSignal = { type: 'take'; tokens: number } | { type: 'refill'; tokens: number }

/** A token bucket: every signal passes a guard and assigns, half of them change the state. */
const bucket = setup({
  types: { context: {} as Bucket, events: {} as BucketSignal },
  guards: {
    leavesSome: ({ context }, { tokens }: { tokens: number }) => context.tokens > tokens,
    isEnough: ({ context }, { tokens }: { tokens: number }) => context.tokens >= tokens,
  },
  actions: {
    take: assign({
      tokens: ({ context }, { tokens }: { tokens: number }) => context.tokens - tokens,
    }),
    refill: assign({
      tokens: ({ context }, { tokens }: { tokens: number }) => Math.min(8, context.tokens + tokens),
    }),
    refuse: assign({ refused: ({ context }) => context.refused + 1 }),
  },
}).createMachine({
  id: 'bucket',
  context: { tokens: 8, refused: 0 },
  initial: 'open',
  states: {
    open: {
      on: {
        take: [
          {
            guard: { type: 'leavesSome', params: ({ event }) => event },
            actions: { type: 'take', params: ({ event }) => event },
          },
          {
            guard: { type: 'isEnough', params: ({ event }) => event },
            actions: { type: 'take', params: ({ event }) => event },
            target: 'empty',
          },
          { actions: 'refuse' },
        ],
        refill: { actions: { type: 'refill', params: ({ event }) => event } },
      },
    },
    empty: {
      on: {
        take: { actions: 'refuse' },
        refill: { actions: { type: 'refill', params: ({ event }) => event }, target: 'open' },
      },
    },
  },
})

function benchBucket(): MachinesBenchRow[] {
  const below = generator(seed)
  const events: BucketSignal[] = [1, 2, 3].flatMap((tokens) => [
    { type: 'take', tokens },
    { type: 'refill', tokens },
  ])
  const drawn = Uint8Array.from({ length: signalsTotal }, () => below(events.length))

  let expected = ''
  const interpreted = (signals: Uint8Array): number => {
    const actor = createActor(bucket).start()
    const times: number[] = []
    for (let from = 0; from < signals.length; from += signalsAPiece) {
      const piece = signals.subarray(from, from + signalsAPiece)
      const ns = timed(() => {
        for (const index of piece) actor.send(events[index]!)
      })
      times.push(ns / piece.length)
    }
    const { value, context } = actor.getSnapshot()
    expected = JSON.stringify([value, context])
    return median(times)
  }
  interpreted(drawn.subarray(0, warmUpSignals))
  const interpretedNs = interpreted(drawn)

  return (['copy', 'reuse'] as const).map((context) => {
    const chart = compile(bucket, { context })
    const codes = events.map((event) => chart.signal[event.type])
    let found = ''
    const compiled = (): number => {
      const instance = chart.start()
      const times: number[] = []
      for (let from = 0; from < drawn.length; from += signalsAPiece) {
        const piece = drawn.subarray(from, from + signalsAPiece)
        const ns = timed(() => {
          for (const index of piece) chart.send(instance, codes[index]!, events[index]!)
        })
        times.push(ns / piece.length)
      }
      found = JSON.stringify([chart.states[instance.state], instance.context])
      return median(times)
    }
    compiled()
    const compiledNs = compiled()
    const name = `token bucket, guards and assigns, context: ${context}`
    return row(name, signalsTotal, compiledNs, interpretedNs, found === expected)
  })
}

function row(
  name: string,
  signals: number,
  compiledNs: number,
  interpretedNs: number,
  equal: boolean,
): MachinesBenchRow {
  return { name, signals, compiledNs, interpretedNs, ratio: interpretedNs / compiledNs, equal }
}

function timed(run: () => void): number {
  const from = process.hrtime.bigint()
  run()
  return Number(process.hrtime.bigint() - from)
}

function same(a: Int16Array, b: Int16Array): boolean {
  return a.length === b.length && a.every((value, index) => value === b[index])
}

function generator(start: number): (n: number) => number {
  let state = start >>> 0
  return (n) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return (state >>> 8) % n
  }
}

export function formatMachinesBench(rows: readonly MachinesBenchRow[]): string {
  return rows
    .map(({ name, compiledNs, interpretedNs, ratio, equal }) => {
      const times = `${compiledNs.toFixed(1)} ns compiled, ${interpretedNs.toFixed(0)} ns actor.send`
      return `${name}: ${times}, ${ratio.toFixed(0)}x, ${equal ? 'same end' : 'DIFFERENT END'}`
    })
    .join('\n')
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const rows = machinesBench()
  console.log(machineHeader())
  console.log(`seed ${seed}, ${signalsTotal} signals, sends alone are timed`)
  console.log(formatMachinesBench(rows))
  if (!rows.every(({ equal }) => equal)) process.exitCode = 1
}
