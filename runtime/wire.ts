import type { Nanos } from '@escapement/core'
import type { PortName, Ports } from '../actors/actor.ts'

/**
 * One end of a wire, named. `carries` exists in types only: an out-port gives its messages, an
 * in-port takes them, so that a wire compiles when all that is given can be taken.
 */
export type OutPort<Message> = {
  readonly direction: 'out'
  readonly actor: string
  readonly port: string
  readonly carries?: () => Message
}
export type InPort<Message> = {
  readonly direction: 'in'
  readonly actor: string
  readonly port: string
  readonly carries?: (message: Message) => void
}

/** The ports of one named actor, as wires name them. */
export type ActorPorts<P extends Ports> = {
  readonly in: { readonly [K in PortName<P['in']>]: InPort<P['in'][K]> }
  readonly out: { readonly [K in PortName<P['out']>]: OutPort<P['out'][K]> }
}

export type WireOptions = {
  /** Delivery this long after emission. */
  readonly latency?: Nanos
  /** Order at equal times, in place of the in-port's own. */
  readonly priority?: number
}

export type Wire = {
  readonly from: { readonly actor: string; readonly port: string }
  readonly to: { readonly actor: string; readonly port: string }
  readonly latency: Nanos
  /** Undefined: that of the in-port. */
  readonly priority: number | undefined
}

/**
 * Connects an out-port to an in-port that takes its messages: `wire(feed.out.market, core.in.event,
 * micros(150))`. Validity within a topology is checked by the topology.
 */
export function wire<Message>(
  from: OutPort<Message>,
  to: InPort<Message>,
  options: Nanos | WireOptions = 0,
): Wire {
  const { latency = 0, priority } = typeof options === 'number' ? { latency: options } : options
  return {
    from: { actor: from.actor, port: from.port },
    to: { actor: to.actor, port: to.port },
    latency,
    priority,
  }
}

/** `actor.port`, as errors, drawings and tables name it. */
export const endName = (end: { readonly actor: string; readonly port: string }): string =>
  `${end.actor}.${end.port}`
