import { Worker } from 'node:worker_threads'
import type { WorkerAnswer, WorkerRequest, WorkerStart } from './messages.ts'

/** One worker thread, asked one thing at a time. */
export class WorkerThread {
  readonly #worker: Worker
  #settle: { resolve(answer: WorkerAnswer): void; reject(cause: Error): void } | null = null

  constructor(start: WorkerStart) {
    this.#worker = newWorker(start)
    this.#worker.on('message', (answer: WorkerAnswer) => this.#take()?.resolve(answer))
    this.#worker.on('error', (cause) => this.#take()?.reject(asError(cause)))
    this.#worker.on('exit', (code) => this.#take()?.reject(new Error(`ended with code ${code}`)))
  }

  /** @throws Error when the thread ends before it answers */
  ask(request: WorkerRequest): Promise<WorkerAnswer> {
    return new Promise((resolve, reject) => {
      this.#settle = { resolve, reject }
      this.#worker.postMessage(request)
    })
  }

  async close(): Promise<void> {
    await this.#worker.terminate()
  }

  #take() {
    const settle = this.#settle
    this.#settle = null
    return settle
  }
}

const asError = (cause: unknown): Error => (cause instanceof Error ? cause : new Error(`${cause}`))

/**
 * The build is run as it is. Sources go through tsx, which a thread does not take over from the
 * process: a module that registers it first and then imports the worker is written into a URL.
 */
function newWorker(workerData: WorkerStart): Worker {
  if (!import.meta.url.endsWith('.ts')) {
    return new Worker(new URL('./sweep.worker.js', import.meta.url), { workerData })
  }
  const tsx = JSON.stringify(import.meta.resolve('tsx/esm/api'))
  const entry = JSON.stringify(new URL('./sweep.worker.ts', import.meta.url).href)
  const text = `import { register } from ${tsx}; register(); await import(${entry})`
  const url = new URL(`data:text/javascript,${encodeURIComponent(text)}`)
  return new Worker(url, { workerData, execArgv: ['--conditions=source'] })
}
