import { assert, CodedError, type Nanos } from '@escapement/core'
import { type Observable, type Observer, Subject } from 'rxjs'
import type { PortName, TimerHandle } from '../actors/actor.ts'
import { HandlerFailed } from './handler-failed.ts'
import type { Inlet } from './inlet.ts'
import { Mailbox } from './mailbox.ts'
import type { MailboxLimits } from './mailbox-limits.ts'
import type { PortsByActor, Topology } from './topology.ts'
import type { UntypedActor } from './topology-description.ts'
import { known, type Links, linksOf, RunningContext } from './topology-links.ts'
import { type TimerClock, virtualClock } from './virtual-clock.ts'
import { VirtualScheduler } from './virtual-scheduler.ts'

export type StartOptions<Map extends PortsByActor> = {
  /** Epoch ns of time 0. */
  readonly origin?: bigint
  readonly limits?: Partial<MailboxLimits>
  /** A mailbox to share with others, in place of one with `limits`. */
  readonly mailbox?: Mailbox
  /** Called before the actors are made: taps set here see what `create` emits. */
  readonly prepare?: (system: RunningTopology<Map>) => void
}

type Ins<Map extends PortsByActor, A extends keyof Map> = PortName<Map[A]['in']>
type Outs<Map extends PortsByActor, A extends keyof Map> = PortName<Map[A]['out']>

/**
 * A topology with its actors made and a mailbox between them. Time moves only in `run` and `step`.
 *
 * Taps observe and take no part. A tap sees a message when it is emitted, after the wires were
 * served. When an observer of a tap throws, delivery goes on unchanged and RxJS reports the error
 * in a task of its own (`config.onUnhandledError`, else an uncaught exception).
 */
export class RunningTopology<Map extends PortsByActor = PortsByActor> {
  readonly topology: Topology<Map>
  readonly origin: bigint
  readonly mailbox: Mailbox
  /** RxJS time operators in this system's time. */
  readonly scheduler: VirtualScheduler
  /** XState `after` in this system's time. */
  readonly clock: TimerClock
  readonly #links: ReadonlyMap<string, Links>

  constructor(topology: Topology<Map>, options: StartOptions<Map>) {
    this.topology = topology
    this.origin = options.origin ?? 0n
    this.mailbox = options.mailbox ?? new Mailbox(options.limits)
    this.scheduler = new VirtualScheduler(this.mailbox)
    this.clock = virtualClock(this.mailbox)
    const actors = topology.untypedActors()
    this.#links = linksOf(actors, topology.wires)
    options.prepare?.(this)
    for (const [name, actor] of actors) makeActor(this.mailbox, name, actor, this.#links.get(name)!)
  }

  get now(): Nanos {
    return this.mailbox.now
  }

  /** Delivers what is due up to and including `until`; throws as {@link Mailbox.run} does. */
  run(until?: Nanos): number {
    return this.mailbox.run(until)
  }

  /** Delivers one message; false when none is outstanding. */
  step(): boolean {
    return this.mailbox.step()
  }

  /** What leaves an out-port, at the time it leaves. Costs nothing until somebody asks for it. */
  tap<A extends keyof Map & string, K extends Outs<Map, A>>(
    actor: A,
    port: K,
  ): Observable<Map[A]['out'][K]> {
    const outlet = known(this.#linksOf(actor).out, actor, port)
    outlet.taps ??= new Subject<unknown>()
    return outlet.taps.asObservable() as Observable<Map[A]['out'][K]>
  }

  /** Completes every tap, so that operators that wait for the end give their value. */
  endTaps(): void {
    for (const { out } of this.#links.values()) {
      for (const { taps } of Object.values(out)) taps?.complete()
    }
  }

  /**
   * An observer that posts to an in-port, now. An error of its source stops the system; the end of
   * the source means nothing.
   */
  input<A extends keyof Map & string, K extends Ins<Map, A>>(
    actor: A,
    port: K,
  ): Observer<Map[A]['in'][K]> {
    const { mailbox } = this
    const inlet = this.#inlet(actor, port)
    return {
      next: (message) => void mailbox.post(inlet, message, mailbox.present),
      error: (cause) => {
        const position = { actor, port, time: mailbox.present, sequence: mailbox.posted }
        mailbox.fail(new HandlerFailed(position, cause))
      },
      complete: () => undefined,
    }
  }

  /**
   * Posts one message to an in-port, due at `due` or now.
   * @throws AssertionFailure when `due` lies before now
   */
  post<A extends keyof Map & string, K extends Ins<Map, A>>(
    actor: A,
    port: K,
    message: Map[A]['in'][K],
    due: Nanos = this.mailbox.present,
  ): TimerHandle {
    return this.mailbox.post(this.#inlet(actor, port), message, due)
  }

  #inlet(actor: string, port: string): Inlet {
    return known(this.#linksOf(actor).in, actor, port)
  }

  #linksOf(actor: string): Links {
    const links = this.#links.get(actor)
    assert(links !== undefined, `the topology has no actor '${actor}'`)
    return links
  }
}

/**
 * Makes the actors in declaration order. Nothing is delivered yet; what `create` emits or schedules
 * waits in the mailbox.
 * @throws ESC_HANDLER_FAILED when a `create` throws something without a code
 * @throws ESC_TOPOLOGY when an actor has no handler for one of its in-ports
 */
export function startTopology<Map extends PortsByActor>(
  topology: Topology<Map>,
  options: StartOptions<Map> = {},
): RunningTopology<Map> {
  return new RunningTopology(topology, options)
}

function makeActor(mailbox: Mailbox, name: string, actor: UntypedActor, links: Links): void {
  const behaviour = created(mailbox, name, actor, links)
  for (const [port, inlet] of Object.entries(links.in)) {
    const handler = behaviour[port]
    if (typeof handler !== 'function') {
      const [field, needed] = [`${name}.${port}`, 'one handler for each in-port']
      throw new CodedError('ESC_TOPOLOGY', { field, found: 'no handler', needed })
    }
    inlet.handle = handler.bind(behaviour)
  }
}

/** A coded error of `create` (a wrong parameter, say) is for the user as it is. */
function created(mailbox: Mailbox, name: string, actor: UntypedActor, links: Links) {
  try {
    return actor.create(new RunningContext(mailbox, name, links))
  } catch (thrown) {
    if (thrown instanceof CodedError) throw thrown
    const position = { actor: name, port: 'create', time: mailbox.now, sequence: mailbox.posted }
    throw new HandlerFailed(position, thrown)
  }
}
