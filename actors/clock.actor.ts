import type { SessionEnded, SessionStarted } from '@escapement/core'
import { type Actor, actor, Priority } from './actor.ts'

export type ClockPorts = {
  in: { close: { readonly reason: string } }
  out: { event: SessionStarted | SessionEnded }
}

/**
 * Clock: opens the session at time 0 of its origin and closes it when told to.
 *  in  close  the driver has nothing more to deliver
 *  out event  SessionStarted is position 0; SessionEnded is the last position
 */
export const clockActor = (seed: number): Actor<ClockPorts> =>
  actor<ClockPorts>()(
    'clock',
    { in: { close: Priority.observer }, out: ['event'], optional: ['close'] },
    (context) => {
      context.emit('event', { type: 'control.sessionStarted', time: context.now, seed })
      return {
        close({ reason }) {
          context.emit('event', { type: 'control.sessionEnded', time: context.now, reason })
        },
      }
    },
    String(seed),
  )
