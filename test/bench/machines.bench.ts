import { cpus } from 'node:os'
import { fileURLToPath } from 'node:url'
import { compile, machines, orderLifecycle } from '@escapement/machines'
import { assign, createActor, setup } from 'xstate'

/**
 * Compiled machines against XState's own interpreter.
 *
 *     node --conditions=source --import tsx test/bench/machines.bench.ts
 *
 * Both forms get the same million signals, drawn once from a fixed seed, and must end in the
 * same states. Timed are the sends alone: creating and starting the actors, one an order, is
 * left out, event objects are made in advance, and nobody subscribes. All of that favours
 * XState. Both forms are warmed up; the compiled one is then the median of nine passes over
 * the sequence, the interpreted one a single pass, long enough to be its own average.
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
const roundsCompiled = 9
const warmUpOrders = 20_000
const warmUpSignals = 100_000
const actorsAtOnce = 2_000
const seed = 20_261_122

/** Runs the comparison and gives one row a machine and form. Takes about ten seconds. */
export function machinesBench(): MachinesBenchRow[] {
  return [...benchOrders(), ...benchBucket()]
}

function benchOrders(): MachinesBenchRow[] {
  const { chart } = machines['order-lifecycle']
  const { signals, starts } = drawOrders()
  const orders = starts.length - 1
  const byNext = new Int16Array(orders)
  const byTable = new Int16Array(orders)
  const byActor = new Int16Array(orders)
  const events = chart.signals.map((type) => ({ type }))
  const { table } = chart
  const width = chart.signals.length

  const runNext = (): number =>
    timed(() => {
      for (let order = 0; order < orders; order++) {
        let state = chart.initial
        const end = starts[order + 1]!
        for (let at = starts[order]!; at < end; at++) state = chart.next(state, signals[at]!)
        byNext[order] = state
      }
    })
  const runTable = (): number =>
    timed(() => {
      for (let order = 0; order < orders; order++) {
        let state = chart.initial
        const end = starts[order + 1]!
        for (let at = starts[order]!; at < end; at++) state = table[state * width + signals[at]!]!
        byTable[order] = state
      }
    })
  const runActors = (until: number): number => {
    let ns = 0
    for (let from = 0; from < until; from += actorsAtOnce) {
      const count = Math.min(actorsAtOnce, until - from)
      const actors = Array.from({ length: count }, () => createActor(orderLifecycle).start())
      ns += timed(() => {
        for (let index = 0; index < count; index++) {
          const actor = actors[index]!
          const end = starts[from + index + 1]!
          for (let at = starts[from + index]!; at < end; at++) actor.send(events[signals[at]!]!)
        }
      })
      actors.forEach((actor, index) => {
        byActor[from + index] = chart.codeOf(actor.getSnapshot().value)
      })
    }
    return ns
  }

  const nextNs = median(roundsCompiled, runNext) / signals.length
  const tableNs = median(roundsCompiled, runTable) / signals.length
  runActors(Math.min(orders, warmUpOrders))
  const actorNs = runActors(orders) / signals.length
  return [
    row('order lifecycle, next', signals.length, nextNs, actorNs, same(byNext, byActor)),
    row(
      'order lifecycle, table read in place',
      signals.length,
      tableNs,
      actorNs,
      same(byTable, byActor),
    ),
  ]
}

// Lawful lives of orders, one behind the other: from submission to a terminal state.
function drawOrders(): { signals: Uint8Array; starts: Uint32Array } {
  const { chart } = machines['order-lifecycle']
  const lawful = chart.states.map((_, state) =>
    chart.signals.map((_, signal) => signal).filter((signal) => chart.next(state, signal) >= 0),
  )
  const below = generator(seed)
  const signals = new Uint8Array(signalsTotal)
  const starts = [0]
  let state = chart.initial
  for (let at = 0; at < signalsTotal; at++) {
    const choices = lawful[state]!
    const signal = choices[below(choices.length)]!
    signals[at] = signal
    state = chart.next(state, signal)
    if (!chart.isTerminal(state)) continue
    starts.push(at + 1)
    state = chart.initial
  }
  if (starts.at(-1) !== signalsTotal) starts.push(signalsTotal)
  return { signals, starts: Uint32Array.from(starts) }
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
    const ns = timed(() => {
      for (const index of signals) actor.send(events[index]!)
    })
    const { value, context } = actor.getSnapshot()
    expected = JSON.stringify([value, context])
    return ns
  }
  interpreted(drawn.subarray(0, warmUpSignals))
  const interpretedNs = interpreted(drawn) / signalsTotal

  return (['copy', 'reuse'] as const).map((context) => {
    const chart = compile(bucket, { context })
    const codes = events.map((event) => chart.signal[event.type])
    let found = ''
    const compiled = (): number => {
      const instance = chart.start()
      const ns = timed(() => {
        for (const index of drawn) chart.send(instance, codes[index]!, events[index]!)
      })
      found = JSON.stringify([chart.states[instance.state], instance.context])
      return ns
    }
    const compiledNs = median(roundsCompiled, compiled) / signalsTotal
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

// The first round warms the compiler up and is not counted.
function median(rounds: number, run: () => number): number {
  run()
  const times = Array.from({ length: rounds }, run).sort((a, b) => a - b)
  return times[rounds >> 1]!
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

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [cpu] = cpus()
  console.log(`${cpu?.model ?? 'unknown CPU'}, ${cpus().length} cores, node ${process.version}`)
  console.log(`seed ${seed}, ${signalsTotal} signals, sends alone are timed`)
  for (const { name, compiledNs, interpretedNs, ratio, equal } of machinesBench()) {
    const times = `${compiledNs.toFixed(2)} ns compiled, ${interpretedNs.toFixed(0)} ns actor.send`
    console.log(`${name}: ${times}, ${ratio.toFixed(0)}x, ${equal ? 'same end' : 'DIFFERENT END'}`)
    if (!equal) process.exitCode = 1
  }
}
