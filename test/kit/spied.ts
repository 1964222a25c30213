import type { Nanos } from '@escapement/core'
import type { Actor, Handler, Ports, TimerHandle } from '../../actors/actor.ts'
import type { UntypedActor } from '../../runtime/topology-description.ts'

/** What an actor did: took a message, or said one, or set or took back a timer. */
export type Act = {
  readonly time: Nanos
  readonly actor: string
  readonly did: 'takes' | 'emits' | 'schedules' | 'cancels'
  readonly port: string
  readonly message: unknown
  /** Of a timer: when it is due. */
  readonly due?: Nanos
}

/** The same actor, telling `note` what it does, in the order in which it does it. */
export function spied<P extends Ports>(actor: Actor<P>, note: (act: Act) => void): Actor<P> {
  const { create, ...rest } = actor as unknown as UntypedActor
  const timers = new Map<TimerHandle, Act>()
  const spy: UntypedActor = {
    ...rest,
    create(context) {
      const tell = (did: Act['did'], port: string, message: unknown, due?: Nanos): Act => {
        const when = due === undefined ? {} : { due }
        const act = { time: context.now, actor: context.name, did, port, message, ...when }
        note(act)
        return act
      }
      // Its getters must go on reading the time of the context, so it is inherited, not copied.
      const watched = Object.create(context, {
        now: { get: () => context.now },
        horizon: { get: () => context.horizon },
      }) as typeof context
      const watchedContext = Object.assign(watched, {
        emit(port: string, message: unknown) {
          tell('emits', port, message)
          context.emit(port, message)
        },
        schedule(due: Nanos, port: string, message: unknown) {
          const handle = context.schedule(due, port, message)
          timers.set(handle, tell('schedules', port, message, due))
          return handle
        },
        cancel(handle: TimerHandle) {
          const { port, message, due } = timers.get(handle)!
          tell('cancels', port, message, due)
          context.cancel(handle)
        },
      })
      const behaviour = create(watchedContext)
      const handlers = Object.entries(behaviour).map(([port, handle]) => {
        const told: Handler<unknown> = (message) => {
          tell('takes', port, message)
          return handle.call(behaviour, message)
        }
        return [port, told] as const
      })
      return Object.fromEntries(handlers)
    },
  }
  return spy as unknown as Actor<P>
}
