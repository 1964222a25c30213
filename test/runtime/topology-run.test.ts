import { AssertionFailure, CodedError, millis } from '@escapement/core'
import { config, debounceTime, scan, toArray } from 'rxjs'
import { expect, test, vi } from 'vitest'
import { createActor, createMachine } from 'xstate'
import { type Actor, actor, type Ports } from '../../actors/actor.ts'
import { HandlerFailed } from '../../runtime/handler-failed.ts'
import { Mailbox } from '../../runtime/mailbox.ts'
import { startTopology } from '../../runtime/run-topology.ts'
import { topology } from '../../runtime/topology.ts'
import { wire } from '../../runtime/wire.ts'

/** A running topology: delivery over wires, taps, inputs, and what stops it. */
type RelayPorts = { in: { in: number }; out: { out: number } }
const optional = ['in', 'out'] as const

/** Passes every number on, and writes down what it got and when. */
const relay = (log: unknown[], map: (n: number) => number | undefined = (n) => n) =>
  actor<RelayPorts>()('relay', { in: { in: 2 }, out: ['out'], optional }, (context) => ({
    in: (n) => {
      log.push([context.now, context.name, n])
      const out = map(n)
      if (out !== undefined) context.emit('out', out)
    },
  }))

const chainOf = (log: unknown[]) =>
  topology('chain', {
    actors: { a: relay(log), b: relay(log), c: relay(log) },
    wires: ({ a, b, c }) => [wire(a.out.out, b.in.in, 10), wire(b.out.out, c.in.in)],
  })

test('a message travels along the wires and arrives after their latency', () => {
  const log: unknown[] = []
  const system = startTopology(chainOf(log), { origin: 1_700_000_000_000_000_000n })
  system.input('a', 'in').next(7)
  expect(log).toEqual([])
  expect(system.run()).toBe(3)
  expect(log).toEqual([
    [0, 'a', 7],
    [10, 'b', 7],
    [10, 'c', 7],
  ])
  expect([system.now, system.origin]).toEqual([10, 1_700_000_000_000_000_000n])
})

test('an out-port with several wires delivers in wire order, unless priorities say otherwise', () => {
  const orderWith = (priority?: number): unknown[] => {
    const log: [number, string, number][] = []
    const fan = topology('fan', {
      actors: { a: relay([]), b: relay(log), c: relay(log), d: relay(log) },
      wires: ({ a, b, c, d }) => [
        wire(a.out.out, d.in.in),
        wire(a.out.out, b.in.in),
        wire(a.out.out, c.in.in, priority === undefined ? {} : { priority }),
      ],
    })
    const system = startTopology(fan)
    system.post('a', 'in', 1)
    system.run()
    return log.map(([, name]) => name)
  }
  expect(orderWith()).toEqual(['d', 'b', 'c'])
  expect(orderWith(1)).toEqual(['c', 'd', 'b'])
})

test('a loop of wires answers in the order of saying, not depth first', () => {
  const log: [number, string, number][] = []
  const loop = topology('loop', {
    actors: { a: relay(log, (n) => (n === 1 ? 2 : undefined)), b: relay(log, () => undefined) },
    wires: ({ a, b }) => [wire(a.out.out, a.in.in), wire(a.out.out, b.in.in)],
  })
  const system = startTopology(loop)
  system.post('a', 'in', 1)
  system.post('b', 'in', 1)
  system.run()
  expect(log.map(([, name, n]) => `${name}${n}`)).toEqual(['a1', 'b1', 'a2', 'b2'])
})

test('actors are made in declaration order; what they send while being made waits for all', () => {
  const log: string[] = []
  const maker = (name: string): Actor<RelayPorts> =>
    actor<RelayPorts>()('maker', { in: { in: 2 }, out: ['out'], optional }, (context) => {
      log.push(`made ${context.name} at ${context.now}`)
      context.emit('out', 1)
      context.schedule(5, 'in', 2)
      return { in: (n) => void log.push(`${name} got ${n} at ${context.now}`) }
    })
  const pair = topology('pair', {
    actors: { z: maker('z'), a: maker('a') },
    wires: ({ z, a }) => [wire(z.out.out, a.in.in)],
  })
  startTopology(pair).run()
  expect(log).toEqual([
    'made z at 0',
    'made a at 0',
    'a got 1 at 0',
    'z got 2 at 5',
    'a got 2 at 5',
  ])
})

type TimerPorts = { in: { start: null; fire: string }; out: { fired: string } }

test('an actor sets timers to its own ports and takes them back', () => {
  const timers = actor<TimerPorts>()(
    'timers',
    { in: { start: 2, fire: 3 }, out: ['fired'], optional: ['start', 'fire', 'fired'] },
    ({ emit, schedule, cancel }) => ({
      start: () => {
        schedule(20, 'fire', 'later')
        const dropped = schedule(15, 'fire', 'dropped')
        schedule(10, 'fire', 'sooner')
        cancel(dropped)
      },
      fire: (name) => emit('fired', name),
    }),
  )
  const system = startTopology(topology('timers', { actors: { timers }, wires: () => [] }))
  const fired: unknown[] = []
  system.tap('timers', 'fired').subscribe((name) => fired.push([system.now, name]))
  system.post('timers', 'start', null)
  system.run()
  expect(fired).toEqual([
    [10, 'sooner'],
    [20, 'later'],
  ])
})

test('handlers keep the `this` of the behaviour they belong to', () => {
  class Counter {
    in(): void {
      this.count++
    }
    count = 0
  }
  const counter = new Counter()
  const counting = actor<RelayPorts>()('c', { in: { in: 2 }, out: [], optional }, () => counter)
  const system = startTopology(topology('count', { actors: { counting }, wires: () => [] }))
  system.post('counting', 'in', 1)
  system.run()
  expect(counter.count).toBe(1)
})

test('a port is observed when it has a wire or a tap that somebody listens to', () => {
  const seen: boolean[] = []
  const asking = actor<RelayPorts>()(
    'asking',
    { in: { in: 2 }, out: ['out'], optional },
    ({ observed }) => ({ in: () => void seen.push(observed('out')) }),
  )
  const system = startTopology(topology('ask', { actors: { asking }, wires: () => [] }))
  const ask = (): void => {
    system.post('asking', 'in', 1)
    system.run()
  }
  ask()
  const tap$ = system.tap('asking', 'out')
  ask()
  const subscription = tap$.subscribe()
  ask()
  subscription.unsubscribe()
  ask()
  expect(seen).toEqual([false, false, true, false])
})

test('a tap sees what leaves, at the time it leaves, and may use operators in virtual time', () => {
  const system = startTopology(chainOf([]))
  const log: unknown[] = []
  system.tap('a', 'out').subscribe((n) => log.push([system.now, n]))
  system
    .tap('a', 'out')
    .pipe(
      scan((sum, n) => sum + n, 0),
      debounceTime(1, system.scheduler),
    )
    .subscribe((sum) => log.push([system.now, `sum ${sum}`]))
  for (const [at, n] of [
    [0, 1],
    [5, 2],
  ] as const)
    system.post('a', 'in', n, at)
  system.run()
  expect(log).toEqual([
    [0, 1],
    [5, 2],
    [5 + millis(1), 'sum 3'],
  ])
})

test('a tap set in `prepare` sees what is emitted while actors are made, and ends when told', () => {
  const eager = actor<RelayPorts>()(
    'eager',
    { in: { in: 2 }, out: ['out'], optional },
    (context) => {
      context.emit('out', 42)
      return { in: () => undefined }
    },
  )
  const all: number[][] = []
  const system = startTopology(topology('eager', { actors: { eager }, wires: () => [] }), {
    prepare: (early) =>
      early
        .tap('eager', 'out')
        .pipe(toArray())
        .subscribe((n) => all.push(n)),
  })
  system.run()
  system.endTaps()
  expect(all).toEqual([[42]])
})

test('a tap that throws changes nothing of the delivery; its error surfaces in a later task', async () => {
  const errors: unknown[] = []
  config.onUnhandledError = (error) => errors.push(error)
  try {
    const plain: unknown[] = []
    const tapped: unknown[] = []
    const reference = startTopology(chainOf(plain))
    const system = startTopology(chainOf(tapped))
    const boom = new Error('boom')
    system.tap('a', 'out').subscribe(() => {
      throw boom
    })
    for (const each of [reference, system]) {
      for (const n of [1, 2]) each.post('a', 'in', n)
      each.run()
    }
    expect(tapped).toEqual(plain)
    expect(errors).toEqual([])
    await vi.waitFor(() => expect(errors).toEqual([boom, boom]))
  } finally {
    config.onUnhandledError = null
  }
})

test('a tap may post through an input; that comes after what the wires carry', () => {
  const log: [number, string, number][] = []
  const system = startTopology(chainOf(log))
  const c = system.input('c', 'in')
  system.tap('b', 'out').subscribe((n) => c.next(-n))
  system.post('a', 'in', 1)
  system.run()
  expect(log.slice(2)).toEqual([
    [10, 'c', 1],
    [10, 'c', -1],
  ])
})

test('a handler that throws stops the system and is named', () => {
  const failing = topology('failing', {
    actors: {
      a: relay([], () => {
        throw new Error('no')
      }),
    },
    wires: () => [],
  })
  const system = startTopology(failing)
  system.post('a', 'in', 1, 3)
  expect(() => system.run()).toThrow(HandlerFailed)
  expect((system.mailbox.failure as HandlerFailed).position).toEqual({
    actor: 'a',
    port: 'in',
    time: 3,
    sequence: 0,
  })
})

test('the error of a source stops the system, its end does not', () => {
  const system = startTopology(chainOf([]))
  const input = system.input('a', 'in')
  input.complete()
  input.next(1)
  expect(system.run()).toBe(3)
  input.error(new Error('the socket broke'))
  expect(() => system.run()).toThrow('the socket broke')
  expect((system.mailbox.failure as HandlerFailed).position.actor).toBe('a')
})

test('an actor that cannot be made is named, unless its error has a code of its own', () => {
  const unmakeable = (error: Error) =>
    topology('unmakeable', {
      actors: {
        a: actor<RelayPorts>()('a', { in: { in: 2 }, out: [], optional }, () => {
          throw error
        }),
      },
      wires: () => [],
    })
  expect(() => startTopology(unmakeable(new Error('odd')))).toThrow(/ESC_HANDLER_FAILED.*a\.create/)
  const coded = new CodedError('ESC_CONFIG_INVALID', { field: 'rate' })
  expect(() => startTopology(unmakeable(coded))).toThrow(coded)
})

test('an actor without a handler for a port is refused', () => {
  const lazy = actor<RelayPorts>()(
    'lazy',
    { in: { in: 2 }, out: [], optional },
    () => ({}) as never,
  )
  const start = () => startTopology(topology('lazy', { actors: { lazy }, wires: () => [] }))
  expect(start).toThrow(/ESC_TOPOLOGY.*lazy\.in/)
})

test('a port that an actor does not have is refused, as is an unknown actor', () => {
  const loose = startTopology(chainOf([])) as unknown as {
    tap(actor: string, port: string): unknown
    input(actor: string, port: string): unknown
  }
  expect(() => loose.tap('a', 'in')).toThrow(AssertionFailure)
  expect(() => loose.input('a', 'out')).toThrow(AssertionFailure)
  expect(() => loose.tap('x', 'out')).toThrow("the topology has no actor 'x'")
})

test('names of actors, ports and messages are typed at taps and inputs', () => {
  const system = startTopology(chainOf([]))
  // @ts-expect-error 'in' is not an out-port
  expect(() => system.tap('a', 'in')).toThrow(AssertionFailure)
  // @ts-expect-error the messages of this port are numbers
  system.input('a', 'in').next('one')
})

test('two topologies on one mailbox share one time and one order', () => {
  const log: unknown[] = []
  const mailbox = new Mailbox()
  const [left, right] = [chainOf(log), chainOf(log)].map((each) => startTopology(each, { mailbox }))
  left?.post('b', 'in', 1, 5)
  right?.post('b', 'in', 2, 4)
  mailbox.run()
  expect(log).toEqual([
    [4, 'b', 2],
    [4, 'c', 2],
    [5, 'b', 1],
    [5, 'c', 1],
  ])
})

test("a user's statechart with `after` runs in the time of the topology", () => {
  type Light = { in: { switch: null }; out: { colour: string } }
  const machine = createMachine({
    id: 'light',
    initial: 'off',
    states: {
      off: { on: { switch: 'green' } },
      green: { after: { 3: 'amber' } },
      amber: { after: { 2: 'off' } },
    },
  })
  const spec = { in: { switch: 2 }, out: ['colour'], optional: ['switch', 'colour'] } as const
  let clock: ReturnType<typeof startTopology>['clock'] | undefined
  const light = actor<Light>()('light', spec, ({ emit }) => {
    const chart = createActor(machine, { clock: clock! })
    chart.subscribe(({ value }) => emit('colour', String(value)))
    chart.start()
    return { switch: () => chart.send({ type: 'switch' }) }
  })
  const log: unknown[] = []
  const system = startTopology(topology('light', { actors: { light }, wires: () => [] }), {
    prepare: (early) => {
      clock = early.clock
      early.tap('light', 'colour').subscribe((colour) => log.push([early.now, colour]))
    },
  })
  system.post('light', 'switch', null, millis(1))
  system.run()
  expect(log).toEqual([
    [0, 'off'],
    [millis(1), 'green'],
    [millis(4), 'amber'],
    [millis(6), 'off'],
  ])
})

test('any actor value may stand in a topology, whatever its ports', () => {
  const empty: Actor<Ports> = {
    kind: 'e',
    spec: { in: {}, out: [] },
    identity: '',
    create: () => ({}),
  }
  expect(startTopology(topology('empty', { actors: { empty }, wires: () => [] })).run()).toBe(0)
})
