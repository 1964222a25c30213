import { parentPort, workerData } from 'node:worker_threads'
import { CodedError } from '@escapement/core'
import { DirectoryStore } from '../../../adapters/experiment-directory/directory-store.ts'
import type { ToldError, WorkerAnswer, WorkerRequest, WorkerStart } from './messages.ts'
import { Runner } from './runner.ts'

/** A thread that does the runs it is sent, and keeps the market they share. */
const { base, out, keep, environment } = workerData as WorkerStart
const runner = new Runner({ base, store: new DirectoryStore(out), keep, environment })
const port = parentPort!

port.on('message', async (request: WorkerRequest) => {
  port.postMessage(await answer(request))
})

async function answer(request: WorkerRequest): Promise<WorkerAnswer> {
  if (request.kind === 'run') return { kind: 'report', report: await runner.runOne(request.job) }
  try {
    await runner.prepare(request.definition)
    return { kind: 'prepared', error: null }
  } catch (cause) {
    return { kind: 'prepared', error: told(cause) }
  }
}

function told(cause: unknown): ToldError {
  if (cause instanceof CodedError) {
    const { code, message, facts } = cause
    return { code, message, facts }
  }
  return { code: null, message: cause instanceof Error ? `${cause.stack}` : `${cause}`, facts: {} }
}
