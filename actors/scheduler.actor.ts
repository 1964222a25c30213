import { assert, type ControlTime, type Obligation } from '@escapement/core'
import { compile, controlTime } from '@escapement/machines'
import { type Actor, actor, Priority, type TimerHandle } from './actor.ts'

export type SchedulerPorts = {
  in: {
    /** The Core's one obligation; null clears it. */
    obligation: Obligation | null
    /** Own timer. */
    due: Obligation
  }
  out: { event: ControlTime }
}

/**
 * Scheduler: holds the single pending obligation and realises it as a Control-Time Event, at its
 * due time and after everything else of that time. Never a tick.
 */
export const schedulerActor = (): Actor<SchedulerPorts> =>
  actor<SchedulerPorts>()(
    'scheduler',
    {
      in: { obligation: Priority.execution, due: Priority.control },
      out: ['event'],
      optional: ['due'],
      needs: ['wakeUpSource'],
    },
    (context) => {
      const chart = compile(controlTime)
      let mode = chart.initial
      let timer: TimerHandle | null = null

      const withdraw = () => {
        if (timer === null) return
        context.cancel(timer)
        timer = null
      }
      const install = (obligation: Obligation) => {
        const due = Math.max(obligation.due, context.now)
        timer = context.schedule(due, 'due', obligation)
      }

      return {
        obligation(obligation) {
          withdraw()
          const signal = obligation === null ? chart.signal.cleared : chart.signal.installed
          mode = chart.next(mode, signal)
          if (obligation !== null) install(obligation)
        },
        due(obligation) {
          timer = null
          mode = chart.next(mode, chart.signal.realized)
          assert(mode >= 0, 'an obligation that is not pending was realised')
          const { due, reason } = obligation
          context.emit('event', { type: 'control.time', time: context.now, due, reason })
        },
      }
    },
  )
