import fs from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'

/**
 * Does `work` and calls `at` before each system call that changes a file, and in the middle of each
 * write: what lies in the file system then is what a process leaves that is killed there.
 */
export async function atEveryWrite(at: () => void, work: () => Promise<unknown>): Promise<void> {
  const before = { ...fs }
  let isInside = false
  const look = () => {
    if (isInside) return
    isInside = true
    at()
    isInside = false
  }
  const watched =
    <Args extends unknown[], R>(call: (...args: Args) => R) =>
    (...args: Args): R => {
      look()
      return call(...args)
    }
  const halves = (descriptor: number, bytes: Uint8Array, from = 0): number => {
    look()
    const half = (bytes.length - from) >> 1
    const first = half === 0 ? 0 : before.writeSync(descriptor, bytes, from, half)
    look()
    return first + before.writeSync(descriptor, bytes, from + first)
  }
  Object.assign(fs, {
    openSync: (path: string, flags: string = 'r', mode?: number) => {
      if (flags !== 'r') look()
      return before.openSync(path, flags, mode)
    },
    renameSync: watched(before.renameSync),
    mkdirSync: watched(before.mkdirSync),
    writeSync: halves,
  })
  syncBuiltinESMExports()
  try {
    await work()
  } finally {
    Object.assign(fs, before)
    syncBuiltinESMExports()
  }
}
