import { releaseStage, type StepBaton } from '@escapement/core'
import { type Actor, actor, Priority } from './actor.ts'

export type GatePorts = { in: { step: StepBaton }; out: { step: StepBaton } }

/**
 * Gate: selects what leaves now, in order, within the rate.
 *  in  step  from the queue, reconciled
 *  out step  back to the core, with dispatches and the time to look again
 */
export const gateActor = (): Actor<GatePorts> =>
  actor<GatePorts>()('gate', { in: { step: Priority.baton }, out: ['step'] }, ({ emit }) => ({
    step(baton) {
      releaseStage(baton)
      emit('step', baton)
    },
  }))
