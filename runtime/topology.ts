import { Digest } from '@escapement/core'
import type { Actor, Ports } from '../actors/actor.ts'
import { drawTopology } from './draw.ts'
import { checkTopology } from './topology-check.ts'
import type { ActorDescription, TopologyDescription, UntypedActor } from './topology-description.ts'
import type { ActorPorts, Wire } from './wire.ts'

/** Names of actors to their ports. */
export type PortsByActor = Readonly<Record<string, Ports>>

export type ActorsOf<Map extends PortsByActor> = { readonly [A in keyof Map]: Actor<Map[A]> }
type HandlesOf<Map extends PortsByActor> = { readonly [A in keyof Map]: ActorPorts<Map[A]> }

export type TopologyParts<Map extends PortsByActor> = {
  readonly actors: ActorsOf<Map>
  readonly wires: (ports: HandlesOf<Map>) => readonly Wire[]
}

/**
 * Named actors and the wires between them, checked. A value: nothing runs until it is started, and
 * it can be started any number of times.
 */
export class Topology<Map extends PortsByActor = PortsByActor> {
  readonly name: string
  readonly actors: ActorsOf<Map>
  /** In the order in which an out-port delivers to several. */
  readonly wires: readonly Wire[]

  /** @throws ESC_TOPOLOGY when an end of a wire is unknown, missing or doubled, or a number wrong */
  constructor(name: string, actors: ActorsOf<Map>, wires: readonly Wire[]) {
    this.name = name
    this.actors = actors
    this.wires = wires
    checkTopology(this.untypedActors(), wires)
  }

  /** Plain data: what is compared, hashed and drawn. */
  describe(): TopologyDescription {
    const actors = this.untypedActors()
    return {
      name: this.name,
      actors: [...actors].map(([name, actor]) => describeActor(name, actor)),
      wires: this.wires.map((wire) => {
        const declared = actors.get(wire.to.actor)?.spec.in[wire.to.port] ?? 0
        return { ...wire, priority: wire.priority ?? declared }
      }),
    }
  }

  /** Sixteen hexadecimal digits over the description; equal for equal topologies anywhere. */
  get hash(): string {
    return hashDescription(this.describe())
  }

  /** The text of a Mermaid flowchart. */
  toMermaid(): string {
    return drawTopology(this.describe())
  }

  /** Actors by name in declaration order. */
  untypedActors(): ReadonlyMap<string, UntypedActor> {
    return new Map(Object.entries(this.actors as Readonly<Record<string, unknown>>)) as ReadonlyMap<
      string,
      UntypedActor
    >
  }
}

/**
 * Builds and checks a topology:
 * `topology('mm', { actors: { feed, core }, wires: ({ feed, core }) => [wire(feed.out.market, core.in.event)] })`.
 * @throws ESC_TOPOLOGY naming both ends of the wire, or the port, that is wrong
 */
export function topology<Map extends PortsByActor>(
  name: string,
  parts: TopologyParts<Map>,
): Topology<Map> {
  const ports: Record<string, unknown> = {}
  for (const [actor, { spec }] of Object.entries(parts.actors as Record<string, UntypedActor>)) {
    ports[actor] = {
      in: ends('in', actor, Object.keys(spec.in)),
      out: ends('out', actor, spec.out),
    }
  }
  return new Topology(name, parts.actors, parts.wires(ports as HandlesOf<Map>))
}

function ends(direction: 'in' | 'out', actor: string, ports: readonly string[]): object {
  return Object.fromEntries(ports.map((port) => [port, { direction, actor, port }]))
}

/** Ports are sorted: the order in which a spec names them means nothing. */
function describeActor(name: string, { kind, identity, spec }: UntypedActor): ActorDescription {
  const inPorts = Object.keys(spec.in).sort()
  return {
    name,
    kind,
    identity,
    in: inPorts.map((port) => ({ port, priority: spec.in[port]! })),
    out: [...spec.out].sort(),
    optional: [...(spec.optional ?? [])].sort(),
  }
}

/** The order of actors and wires is part of the hash: it decides who is made and served first. */
function hashDescription({ name, actors, wires }: TopologyDescription): string {
  const digest = new Digest().text(name).u32(actors.length)
  for (const actor of actors) {
    digest.text(actor.name).text(actor.kind).text(actor.identity).u32(actor.in.length)
    for (const { port, priority } of actor.in) digest.text(port).u32(priority)
    for (const list of [actor.out, actor.optional]) {
      digest.u32(list.length)
      for (const port of list) digest.text(port)
    }
  }
  digest.u32(wires.length)
  for (const { from, to, latency, priority } of wires) {
    digest.text(from.actor).text(from.port).text(to.actor).text(to.port)
    digest.int(latency).u32(priority)
  }
  return digest.hex()
}
