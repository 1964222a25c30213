import { type CodedError, micros } from '@escapement/core'
import { expect, test } from 'vitest'
import { actor } from '../../actors/actor.ts'
import { topology } from '../../runtime/topology.ts'
import { type InPort, type OutPort, type Wire, wire } from '../../runtime/wire.ts'

/** The topology as a value: what compiles, what is refused, what is drawn and hashed. */
type Tick = { readonly price: number }
type Quote = { readonly price: number; readonly qty: number }

type SourcePorts = { in: { start: null }; out: { tick: Tick; quote: Quote } }
const source = (identity = '') =>
  actor<SourcePorts>()(
    'source',
    { in: { start: 2 }, out: ['tick', 'quote'], optional: ['start', 'quote'] },
    () => ({ start: () => undefined }),
    identity,
  )

type SinkPorts = { in: { tick: Tick; note: string }; out: Record<never, never> }
const sink = () =>
  actor<SinkPorts>()('sink', { in: { note: 3, tick: 2 }, out: [], optional: ['note'] }, () => ({
    tick: () => undefined,
    note: () => undefined,
  }))

const parts = () => ({ actors: { source: source(), sink: sink() } })

const refusal = (build: () => unknown): CodedError['facts'] => {
  try {
    build()
  } catch (thrown) {
    expect((thrown as CodedError).code).toBe('ESC_TOPOLOGY')
    return (thrown as CodedError).facts
  }
  throw new Error('the topology was accepted')
}

/** A wire that the types would not allow, as a program without types could build it. */
const forged = (from: string, to: string, more: Partial<Wire> = {}): Wire => {
  const [[fromActor = '', fromPort = ''], [toActor = '', toPort = '']] = [
    from.split('.'),
    to.split('.'),
  ]
  return {
    from: { actor: fromActor, port: fromPort },
    to: { actor: toActor, port: toPort },
    latency: 0,
    priority: undefined,
    ...more,
  }
}

test('a wire compiles when the in-port takes all that the out-port gives, and only then', () => {
  topology('types', {
    actors: { source: source(), sink: sink() },
    wires: ({ source, sink }) => {
      const good = [
        wire(source.out.tick, sink.in.tick, micros(150)),
        wire(source.out.quote, sink.in.tick, { latency: 1, priority: 0 }),
      ]
      // @ts-expect-error a tick is not a string
      wire(source.out.tick, sink.in.note)
      // @ts-expect-error an in-port gives nothing
      wire(sink.in.tick, sink.in.tick)
      // @ts-expect-error an out-port takes nothing
      wire(source.out.tick, source.out.tick)
      // @ts-expect-error the source has no such port
      source.out.trade
      return good
    },
  })
  topology('actors', {
    actors: { source: source(), sink: sink() },
    wires: (ports) => {
      // @ts-expect-error the topology has no such actor
      ports.venue
      return [wire(ports.source.out.tick, ports.sink.in.tick)]
    },
  })
  const narrow: OutPort<Tick> = { direction: 'out', actor: 'source', port: 'tick' }
  const wide: InPort<Quote> = { direction: 'in', actor: 'sink', port: 'tick' }
  // @ts-expect-error the in-port needs a quantity that a tick does not have
  wire(narrow, wide)
})

test('a port without a wire is refused unless its actor calls it optional', () => {
  expect(refusal(() => topology('open', { ...parts(), wires: () => [] }))).toMatchObject({
    field: 'source.tick',
    found: 'an out-port without a wire',
  })
  const halfWired = () =>
    topology('open', {
      actors: { source: source(), a: sink(), b: sink() },
      wires: ({ source, a }) => [wire(source.out.tick, a.in.tick)],
    })
  expect(refusal(halfWired)).toMatchObject({
    field: 'b.tick',
    found: 'an in-port without a wire',
  })
})

test('a wire with an unknown end, or said twice, is refused by both its ends', () => {
  const facts = (...wires: Wire[]) =>
    refusal(() => topology('bad', { ...parts(), wires: () => wires }))
  expect(facts(forged('feed.tick', 'sink.tick'))).toEqual({
    field: 'feed.tick -> sink.tick',
    found: "an actor 'feed' that the topology does not have",
    needed: 'one of: source, sink',
  })
  expect(facts(forged('source.tick', 'core.tick')).field).toBe('source.tick -> core.tick')
  expect(facts(forged('source.trade', 'sink.tick')).found).toBe("no out-port 'trade' of 'source'")
  expect(facts(forged('source.tick', 'sink.toString')).found).toBe(
    "no in-port 'toString' of 'sink'",
  )
  const again = forged('source.tick', 'sink.tick')
  expect(facts(again, { ...again, latency: 5 })).toMatchObject({
    field: 'source.tick -> sink.tick',
    found: 'the same wire twice',
  })
})

test('a latency or priority that is not a whole number in range is refused by both ends', () => {
  for (const wrong of [
    { latency: -1 },
    { latency: 0.5 },
    { latency: Number.NaN },
    { latency: Number.POSITIVE_INFINITY },
    { priority: -1 },
    { priority: 32 },
    { priority: 1.5 },
  ]) {
    const wires = () => [forged('source.tick', 'sink.tick', wrong)]
    expect(refusal(() => topology('bad', { ...parts(), wires })).field).toBe(
      'source.tick -> sink.tick',
    )
  }
})

const example = (name = 'example', identity = '', latency = 0, priority?: number) =>
  topology(name, {
    actors: { source: source(identity), sink: sink() },
    wires: ({ source, sink }) => [
      wire(source.out.tick, sink.in.tick, priority === undefined ? latency : { latency, priority }),
    ],
  })

test('a topology describes itself as plain data', () => {
  const described = example('example', 'seed 1', 7).describe()
  expect(JSON.parse(JSON.stringify(described))).toEqual(described)
  expect(described).toEqual({
    name: 'example',
    actors: [
      {
        name: 'source',
        kind: 'source',
        identity: 'seed 1',
        in: [{ port: 'start', priority: 2 }],
        out: ['quote', 'tick'],
        optional: ['quote', 'start'],
      },
      {
        name: 'sink',
        kind: 'sink',
        identity: '',
        in: [
          { port: 'note', priority: 3 },
          { port: 'tick', priority: 2 },
        ],
        out: [],
        optional: ['note'],
      },
    ],
    wires: [
      {
        from: { actor: 'source', port: 'tick' },
        to: { actor: 'sink', port: 'tick' },
        latency: 7,
        priority: 2,
      },
    ],
  })
})

test('the hash is equal for equal topologies, and changes with each thing that matters', () => {
  expect(example().hash).toBe(example().hash)
  expect(example('example', '', 0, 2).hash).toBe(example().hash)
  // Pinned: another value means that the canonical form changed, and with it every session's hash.
  expect(example().hash).toBe('04b411c34a00a10f')
  const others = [
    example('other'),
    example('example', 'seed 2'),
    example('example', '', 1),
    example('example', '', 0, 1),
    topology('example', {
      actors: { sink: sink(), source: source() },
      wires: ({ source, sink }) => [wire(source.out.tick, sink.in.tick)],
    }),
  ]
  expect(new Set([example(), ...others].map(({ hash }) => hash)).size).toBe(others.length + 1)
})
