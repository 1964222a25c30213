import { assert, type Nanos } from '@escapement/core'
import type { Subject } from 'rxjs'
import type { ActorContext } from '../actors/actor.ts'
import { type Inlet, inletOf } from './inlet.ts'
import type { Mailbox } from './mailbox.ts'
import type { UntypedActor, UntypedPorts } from './topology-description.ts'
import type { Wire } from './wire.ts'

/** Where one wire leads, resolved when the topology starts. */
type Route = {
  readonly inlet: Inlet
  readonly latency: number
  readonly priority: number
}

/** Everything that listens on one out-port; without wires and taps an emission does nothing. */
type Outlet = {
  /** In wire order, which is the order of delivery. */
  readonly routes: readonly Route[]
  /** Null until the port is tapped for the first time. */
  taps: Subject<unknown> | null
}

/** The ends of one actor by port name. */
export type Links = {
  readonly in: Readonly<Record<string, Inlet>>
  readonly out: Readonly<Record<string, Outlet>>
}

/** Inlets and outlets of every actor; handlers are set once the actors are made. */
export function linksOf(
  actors: ReadonlyMap<string, UntypedActor>,
  wires: readonly Wire[],
): ReadonlyMap<string, Links> {
  const inlets = new Map([...actors].map(([name, actor]) => [name, inletsOf(name, actor)]))
  const routesFrom = (name: string, port: string): Route[] =>
    wires
      .filter(({ from }) => from.actor === name && from.port === port)
      .map(({ to, latency, priority }) => {
        const inlet = inlets.get(to.actor)![to.port]!
        return { inlet, latency, priority: priority ?? inlet.priority }
      })
  const links = [...actors].map(([name, { spec }]): [string, Links] => {
    const outlets = spec.out.map((port): [string, Outlet] => [
      port,
      { routes: routesFrom(name, port), taps: null },
    ])
    return [name, { in: inlets.get(name)!, out: Object.fromEntries(outlets) }]
  })
  return new Map(links)
}

function inletsOf(name: string, { spec }: UntypedActor): Record<string, Inlet> {
  const ports = Object.entries(spec.in)
  return Object.fromEntries(
    ports.map(([port, priority]) => [port, inletOf(name, port, priority, notYet)]),
  )
}

function notYet(): never {
  assert(false, 'a message was delivered before every actor was made')
}

/**
 * What one actor may touch. The functions are own properties, so they may be taken out; `now` and
 * `horizon` are getters of the class, so a copy by spreading does not carry a time that stands still.
 */
export class RunningContext implements ActorContext<UntypedPorts> {
  readonly name: string
  readonly advance: ActorContext<UntypedPorts>['advance']
  readonly observed: ActorContext<UntypedPorts>['observed']
  readonly emit: ActorContext<UntypedPorts>['emit']
  readonly schedule: ActorContext<UntypedPorts>['schedule']
  readonly cancel: ActorContext<UntypedPorts>['cancel']
  readonly #mailbox: Mailbox

  constructor(mailbox: Mailbox, name: string, { in: inlets, out: outlets }: Links) {
    this.name = name
    this.#mailbox = mailbox
    this.advance = (time) => mailbox.advance(time)
    this.observed = (port) => isObserved(known(outlets, name, port))
    this.emit = (port, message) => send(mailbox, known(outlets, name, port), message)
    this.schedule = (due, port, message) => mailbox.post(known(inlets, name, port), message, due)
    this.cancel = (handle) => void mailbox.cancel(handle)
  }

  get now(): Nanos {
    return this.#mailbox.now
  }

  get horizon(): Nanos {
    return this.#mailbox.horizon
  }
}

const isObserved = ({ routes, taps }: Outlet): boolean =>
  routes.length > 0 || taps?.observed === true

/** Wires first, taps after: what a tap does cannot come before what the actor said. */
function send(mailbox: Mailbox, outlet: Outlet, message: unknown): void {
  const { routes, taps } = outlet
  if (routes.length > 0) {
    const now = mailbox.present
    for (let i = 0; i < routes.length; i++) {
      const { inlet, latency, priority } = routes[i]!
      mailbox.post(inlet, message, now + latency, priority)
    }
  }
  if (taps !== null) taps.next(message)
}

/** @throws AssertionFailure when the actor has no such port */
export function known<End>(ends: Readonly<Record<string, End>>, actor: string, port: string): End {
  const end = ends[port]
  assert(end !== undefined, `actor '${actor}' has no port '${port}' in this direction`)
  return end
}
