import type { Nanos } from '@escapement/core'
import { type Actor, type PortName, type Ports, Priority } from '../../actors/actor.ts'
import type { MailboxLimits } from '../../runtime/mailbox-limits.ts'
import { type RunningTopology, startTopology } from '../../runtime/run-topology.ts'
import { topology } from '../../runtime/topology.ts'
import type { UntypedActor, UntypedPorts } from '../../runtime/topology-description.ts'
import { wire } from '../../runtime/wire.ts'

/** What left the actor: when, by which port, what. */
export type Emission<P extends Ports> = {
  [K in PortName<P['out']>]: [time: Nanos, port: K, message: P['out'][K]]
}[PortName<P['out']>]

/**
 * One actor alone: messages go in at given times, what it emits is logged. Every out-port is wired
 * to a listener of the last priority, so `observed` holds and the horizon falls as in a topology.
 */
export class Probe<P extends Ports> {
  /** In order of emission. */
  readonly log: Emission<P>[] = []
  readonly system: RunningTopology<{ subject: UntypedPorts; listener: UntypedPorts }>

  constructor(subject: Actor<P>, limits: Partial<MailboxLimits> = {}) {
    const untyped = subject as unknown as UntypedActor
    const loose = { ...untyped, spec: { ...untyped.spec, optional: Object.keys(untyped.spec.in) } }
    const alone = topology('probe', {
      actors: { subject: loose, listener: listener(subject.spec.out, this.log) },
      wires: ({ subject, listener }) =>
        untyped.spec.out.map((port) => wire(subject.out[port]!, listener.in[port]!)),
    })
    this.system = startTopology(alone, { limits })
  }

  get now(): Nanos {
    return this.system.now
  }

  /** Posts a message due at `at`, in the order of the calls at equal times. */
  send<K extends PortName<P['in']>>(at: Nanos, port: K, message: P['in'][K]): this {
    this.system.post('subject', port, message, at)
    return this
  }

  /** Runs until nothing is due (or nothing up to `until`) and gives the log. */
  run(until?: Nanos): Emission<P>[] {
    this.system.run(until)
    return this.log
  }
}

/** `probe(gate(config)).send(0, 'intent', a).send(5, 'intent', b).run()`. */
export const probe = <P extends Ports>(
  subject: Actor<P>,
  limits?: Partial<MailboxLimits>,
): Probe<P> => new Probe(subject, limits)

function listener<P extends Ports>(ports: readonly string[], log: Emission<P>[]): UntypedActor {
  const each = <T>(make: (port: string) => T): Record<string, T> =>
    Object.fromEntries(ports.map((port) => [port, make(port)]))
  return {
    kind: 'listener',
    identity: '',
    spec: { in: each(() => Priority.observer), out: [] },
    create: (context) =>
      each((port) => (message: unknown) => {
        log.push([context.now, port, message] as unknown as Emission<P>)
      }),
  }
}
