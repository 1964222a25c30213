import { CodedError, NANOS_MAX } from '@escapement/core'
import { isPriority } from './inlet.ts'
import type { UntypedActor } from './topology-description.ts'
import { endName, type Wire } from './wire.ts'

type Actors = ReadonlyMap<string, UntypedActor>

/**
 * Checks what the types cannot: names made at run time, ports left open, doubled wires, numbers.
 * @throws ESC_TOPOLOGY for the first thing wrong, naming the port or both ends of the wire
 */
export function checkTopology(actors: Actors, wires: readonly Wire[]): void {
  for (const [name, actor] of actors) checkSpec(name, actor)
  const seen = new Set<string>()
  for (const wire of wires) {
    checkEnds(actors, wire)
    checkNumbers(wire)
    const name = wireName(wire)
    if (seen.has(name)) throw wrong(name, 'the same wire twice', 'each wire once')
    seen.add(name)
  }
  for (const [name, actor] of actors) checkWired(name, actor, wires)
}

const wireName = (wire: Wire): string => `${endName(wire.from)} -> ${endName(wire.to)}`

function checkSpec(name: string, { spec }: UntypedActor): void {
  for (const [port, priority] of Object.entries(spec.in)) {
    if (!isPriority(priority)) {
      throw wrong(`${name}.${port}`, `priority ${priority}`, 'an integer from 0 to 31')
    }
  }
  if (new Set(spec.out).size < spec.out.length) {
    throw wrong(name, 'an out-port named twice', 'each out-port once')
  }
}

function checkEnds(actors: Actors, wire: Wire): void {
  const { from, to } = wire
  for (const { actor } of [from, to]) {
    if (actors.has(actor)) continue
    const needed = `one of: ${[...actors.keys()].join(', ')}`
    throw wrong(wireName(wire), `an actor '${actor}' that the topology does not have`, needed)
  }
  const source = actors.get(from.actor)!.spec
  const sink = actors.get(to.actor)!.spec
  if (!source.out.includes(from.port)) {
    const needed = `one of: ${source.out.join(', ')}`
    throw wrong(wireName(wire), `no out-port '${from.port}' of '${from.actor}'`, needed)
  }
  if (!Object.hasOwn(sink.in, to.port)) {
    const needed = `one of: ${Object.keys(sink.in).join(', ')}`
    throw wrong(wireName(wire), `no in-port '${to.port}' of '${to.actor}'`, needed)
  }
}

function checkNumbers(wire: Wire): void {
  const { latency, priority } = wire
  if (!(Number.isInteger(latency) && latency >= 0 && latency <= NANOS_MAX)) {
    const needed = 'whole nanoseconds, 0 or more'
    throw wrong(wireName(wire), `latency ${latency}`, needed)
  }
  if (priority !== undefined && !isPriority(priority)) {
    throw wrong(wireName(wire), `priority ${priority}`, 'an integer from 0 to 31')
  }
}

function checkWired(name: string, { spec }: UntypedActor, wires: readonly Wire[]): void {
  const optional = new Set<string>(spec.optional)
  const open = (side: 'from' | 'to', port: string): boolean =>
    !optional.has(port) &&
    !wires.some((wire) => wire[side].actor === name && wire[side].port === port)
  for (const port of Object.keys(spec.in)) {
    if (open('to', port)) throw unwired(name, port, 'in-port', 'to')
  }
  for (const port of spec.out) {
    if (open('from', port)) throw unwired(name, port, 'out-port', 'from')
  }
}

function unwired(actor: string, port: string, what: string, preposition: string): CodedError {
  const needed = `a wire ${preposition} it, or the port among the spec's optional ones`
  return wrong(`${actor}.${port}`, `an ${what} without a wire`, needed)
}

const wrong = (field: string, found: string, needed: string): CodedError =>
  new CodedError('ESC_TOPOLOGY', { field, found, needed })
