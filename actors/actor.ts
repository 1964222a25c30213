import type { Nanos } from '@escapement/core'
import type { Capability } from './capability.ts'

/** Port names to message types. Messages are plain objects (or columnar batches with a cursor). */
export type PortMap = object
export type Ports = { readonly in: PortMap; readonly out: PortMap }
export type PortName<Map extends PortMap> = keyof Map & string

/** A message to oneself that has been scheduled and not yet delivered. */
export type TimerHandle = number & { readonly timerHandle?: never }

/**
 * What a handler may touch: time, its own ports, its own timers. Nothing else. The functions may be
 * taken out of it (`({ emit }) => ...`); `now` and `horizon` change, so read them as `context.now`.
 */
export type ActorContext<P extends Ports> = {
  readonly name: string
  /** Time of the message being handled, or of the row advanced to; session start in `create`. */
  readonly now: Nanos
  /**
   * The last time up to which the handler of a batch may consume before something else is due;
   * it falls when the handler emits or schedules, so read it again after each row or run of rows.
   */
  readonly horizon: Nanos
  /**
   * Moves `now` forward to the time of a row of the batch in hand, so that what the row causes is
   * sent at the row's time. Needed before an emission or a timer only; `time` is at most `horizon`.
   * @throws AssertionFailure when `time` lies before `now` or beyond `horizon`
   */
  advance(time: Nanos): void
  /** Whether anything listens on `port`: building a message nobody reads can be skipped. */
  observed<K extends PortName<P['out']>>(port: K): boolean
  emit<K extends PortName<P['out']>>(port: K, message: P['out'][K]): void
  /** Delivers `message` to the own in-port at `due` (not before now). */
  schedule<K extends PortName<P['in']>>(due: Nanos, port: K, message: P['in'][K]): TimerHandle
  cancel(handle: TimerHandle): void
}

/**
 * Handles one message of one port, to completion. A returned time (`now` or later) asks for the
 * same message again at that time, in its old place among equal times: so a batch with a cursor is
 * consumed piece by piece, in the total order. A cursor has one reader: a batch goes over one wire
 * of no latency, and its rows are read as `while (row < end && time[row] <= context.horizon)`.
 */
// biome-ignore lint/suspicious/noConfusingVoidType: most handlers return nothing at all.
export type Handler<Message> = (message: Message) => Nanos | void

export type Behaviour<P extends Ports> = {
  readonly [K in PortName<P['in']>]: Handler<P['in'][K]>
}

/**
 * Order of messages that are due at the same time: the smaller number first, then the sequence.
 * A topology may set another priority for a wire.
 */
export const Priority = {
  baton: 0,
  execution: 1,
  market: 2,
  control: 3,
  venueMarket: 4,
  venueRequest: 5,
  observer: 6,
} as const

export type ActorSpec<P extends Ports> = {
  /** Each in-port with the priority of what arrives there. */
  readonly in: { readonly [K in PortName<P['in']>]: number }
  readonly out: readonly PortName<P['out']>[]
  /** Ports that need not be wired for the topology to be valid. */
  readonly optional?: readonly string[]
  /** What the environment has to offer for the actor to work. */
  readonly needs?: readonly Capability[]
}

/** An actor not yet running: its kind, its ports, and how to make its state and handlers. */
export type Actor<P extends Ports> = {
  readonly kind: string
  readonly spec: ActorSpec<P>
  /** What distinguishes this instance (its configuration); part of the topology's hash. */
  readonly identity: string
  /** Makes the state; may schedule and emit. Handlers run after every actor was created. */
  readonly create: (context: ActorContext<P>) => Behaviour<P>
}

/**
 * Defines an actor: `actor<GatePorts>()('gate', { in: {...}, out: [...] }, (context) => ({ ... }))`.
 * The first call fixes the port types, the second infers the rest.
 */
export const actor =
  <P extends Ports>() =>
  (
    kind: string,
    spec: ActorSpec<P>,
    create: (context: ActorContext<P>) => Behaviour<P>,
    identity = '',
  ): Actor<P> => ({ kind, spec, identity, create })
