import type { SessionDraining, SessionEnded, SessionStarted } from '@escapement/core'
import { type Actor, actor, Priority } from './actor.ts'
import type { FeedEnded } from './feed.actor.ts'

export type ClockPorts = {
  in: { drain: FeedEnded; close: { readonly reason: string } }
  out: { event: SessionStarted | SessionDraining | SessionEnded }
}

/**
 * Clock: opens the session at time 0 of its origin and closes it when told to.
 *  in  drain  the feed has nothing more: no strategy runs from here on
 *      close  the driver has nothing more to deliver
 *  out event  SessionStarted is position 0; SessionEnded is the last position
 */
export const clockActor = (seed: number): Actor<ClockPorts> =>
  actor<ClockPorts>()(
    'clock',
    {
      in: { drain: Priority.observer, close: Priority.observer },
      out: ['event'],
      optional: ['drain', 'close'],
      needs: ['clockView'],
    },
    (context) => {
      context.emit('event', { type: 'control.sessionStarted', time: context.now, seed })
      return {
        drain() {
          const reason = 'endOfData'
          context.emit('event', { type: 'control.sessionDraining', time: context.now, reason })
        },
        close({ reason }) {
          context.emit('event', { type: 'control.sessionEnded', time: context.now, reason })
        },
      }
    },
    String(seed),
  )
