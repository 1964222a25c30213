import { existsSync, readdirSync } from 'node:fs'
import { hostname } from 'node:os'
import { CodedError } from '@escapement/core'
import type { DirectoryStore } from '../../../adapters/experiment-directory/directory-store.ts'
import { EXPERIMENT } from '../../experiment/folders.ts'
import { jsonBytes, type ResultStore } from '../../experiment/result-store.ts'

/** Who is running the experiment of a folder; there while it does. */
const SESSION = 'session.json'

type Session = { readonly pid: number; readonly host: string; readonly startedAt: string }

/** Says that this process runs the experiment now. */
export function openSession(store: ResultStore): Promise<void> {
  const session = { pid: process.pid, host: hostname(), startedAt: new Date().toISOString() }
  return store.write(SESSION, jsonBytes(session), true)
}

export const closeSession = (store: ResultStore): Promise<void> => store.remove(SESSION)

/** Whether a process is running it: one of another machine counts as running. */
export async function runningSession(store: ResultStore): Promise<Session | null> {
  const bytes = await store.read(SESSION)
  if (bytes === null) return null
  const session = JSON.parse(new TextDecoder().decode(bytes)) as Session
  if (session.host === hostname() && !isAlive(session.pid)) return null
  return session
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (cause) {
    return (cause as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/**
 * @throws ESC_EXPERIMENT_DIRECTORY while another process runs an experiment in the folder
 * @throws ESC_OUTPUT when it holds something that is no experiment
 */
export async function requireFree(store: DirectoryStore): Promise<void> {
  const { root: file } = store
  const session = await runningSession(store)
  if (session !== null) {
    const found = `process ${session.pid} on ${session.host}, which runs it`
    throw new CodedError('ESC_EXPERIMENT_DIRECTORY', {
      file,
      found,
      needed: 'one process at a time',
    })
  }
  if ((await store.read(EXPERIMENT)) !== null) return
  if (!existsSync(file) || readdirSync(file).length === 0) return
  throw new CodedError('ESC_OUTPUT', {
    file,
    found: 'something there already',
    needed: 'a folder that is empty, does not exist, or holds the experiment',
    hint: 'choose another folder with --out',
  })
}
