import { admitStage, type StepBaton } from '@escapement/core'
import { type Actor, actor, Priority } from './actor.ts'

export type QueuePorts = { in: { step: StepBaton }; out: { step: StepBaton } }

/**
 * Queue: admits what Risk allowed, one effective command a key.
 *  in  step  from the core, with the allowed Intents
 *  out step  to the gate, with the reconciled queue
 */
export const queueActor = (): Actor<QueuePorts> =>
  actor<QueuePorts>()('queue', { in: { step: Priority.baton }, out: ['step'] }, ({ emit }) => ({
    step(baton) {
      admitStage(baton)
      emit('step', baton)
    },
  }))
