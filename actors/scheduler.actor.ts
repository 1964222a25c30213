import { assert, type ControlTime, type Obligation } from '@escapement/core'
import { compile, controlTime } from '@escapement/machines'
import { type Actor, actor, Priority, type TimerHandle } from './actor.ts'

export type SchedulerPorts = {
  in: {
    /**
     * The Core's one obligation; null clears it. The first one after a Control-Time Event says that
     * its step has succeeded.
     */
    obligation: Obligation | null
    /** Own timer. */
    due: Obligation
  }
  out: { event: ControlTime }
}

/**
 * Scheduler: holds the single pending obligation and realises it as a Control-Time Event, at its
 * due time and after everything else of that time. Never a tick.
 *
 * A pending obligation is consumed when the Core has processed its Event, and only then is the next
 * one installed: a step that fails leaves it pending.
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
      /** Its Event is with the Core. */
      let isRealising = false

      const withdraw = () => {
        if (timer !== null) context.cancel(timer)
        timer = null
      }
      const consume = () => {
        isRealising = false
        mode = chart.next(mode, chart.signal.realized)
      }
      const install = (obligation: Obligation) => {
        const due = Math.max(obligation.due, context.now)
        timer = context.schedule(due, 'due', obligation)
      }

      return {
        obligation(obligation) {
          if (isRealising) consume()
          else withdraw()
          const signal = obligation === null ? chart.signal.cleared : chart.signal.installed
          mode = chart.next(mode, signal)
          if (obligation !== null) install(obligation)
        },
        due({ due, reason }) {
          const isPending = mode === chart.state.pending && !isRealising
          assert(isPending, `an obligation due ${due} (${reason}) is realised and is not pending`)
          timer = null
          isRealising = true
          context.emit('event', { type: 'control.time', time: context.now, due, reason })
        },
      }
    },
  )
