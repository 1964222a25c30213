import { availableParallelism } from 'node:os'
import { CodedError } from '@escapement/core'
import { DirectoryStore } from '../../../adapters/experiment-directory/directory-store.ts'
import { recordFailure } from '../../experiment/record-failure.ts'
import type { Executor, RunJob, RunReport } from '../../experiment/run-experiment.ts'
import { failureReport } from '../output.ts'
import { MarketQueue } from './market-queue.ts'
import type { ToldError, WorkerStart } from './messages.ts'
import { WorkerThread } from './worker-thread.ts'

/** `market` is the one that the thread has, or is about to read. */
type Slot = { thread: WorkerThread; market: string }

/**
 * Runs on this machine: worker threads that share nothing. Each decodes and records a market when
 * it first needs it, and takes the next run as soon as it is free.
 */
export class WorkerPool implements Executor {
  readonly #start: WorkerStart
  readonly #slots: readonly Slot[]

  private constructor(start: WorkerStart, firsts: readonly RunJob[]) {
    this.#start = start
    this.#slots = firsts.map(({ definition: { market } }) => {
      return { thread: new WorkerThread(start), market }
    })
  }

  /**
   * Starts threads for these jobs and has each prepare its first one, so that what is wrong with
   * data or configuration is known before anything is written.
   * @throws CodedError of the first job that cannot be prepared
   */
  static async start(
    start: WorkerStart,
    jobs: readonly RunJob[],
    workers: number = availableParallelism(),
  ): Promise<WorkerPool> {
    const queue = new MarketQueue(jobs)
    const firsts = Array.from({ length: Math.min(workers, jobs.length) }, () => queue.next(null)!)
    const pool = new WorkerPool(start, firsts)
    try {
      await Promise.all(pool.#slots.map((slot, i) => prepare(slot, firsts[i]!)))
    } catch (cause) {
      await pool.close()
      throw cause
    }
    return pool
  }

  async execute(
    jobs: readonly RunJob[],
    onReport: (report: RunReport) => void,
    signal: AbortSignal,
  ): Promise<void> {
    const queue = new MarketQueue(jobs)
    const broken: unknown[] = []
    const work = async (slot: Slot): Promise<void> => {
      while (!signal.aborted && broken.length === 0) {
        const job = queue.next(slot.market)
        if (job === undefined) return
        onReport(await this.#run(slot, job))
      }
    }
    // Nobody may still be writing when the marks are counted.
    await Promise.all(this.#slots.map((slot) => work(slot).catch((cause) => broken.push(cause))))
    if (broken.length > 0) throw broken[0]
  }

  async close(): Promise<void> {
    await Promise.all(this.#slots.map(({ thread }) => thread.close()))
  }

  /** A thread that ends takes its run with it and no other: the next one gets a new thread. */
  async #run(slot: Slot, job: RunJob): Promise<RunReport> {
    const startedAt = new Date().toISOString()
    slot.market = job.definition.market
    try {
      const answer = await slot.thread.ask({ kind: 'run', job })
      if (answer.kind === 'report') return answer.report
      throw new Error('an answer to another question')
    } catch (cause) {
      slot.thread = new WorkerThread(this.#start)
      return recordFailure(new DirectoryStore(this.#start.out), job, {
        stage: 'worker',
        error: failureReport(cause),
        lifecycle: { startedAt, finishedAt: new Date().toISOString() },
      })
    }
  }
}

async function prepare({ thread }: Slot, { definition }: RunJob): Promise<void> {
  const answer = await thread.ask({ kind: 'prepare', definition })
  if (answer.kind === 'prepared' && answer.error !== null) throw retold(answer.error)
}

function retold({ code, message, facts }: ToldError): Error {
  return code === null ? new Error(message) : new CodedError(code, facts)
}
