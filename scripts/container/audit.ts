import { lstatSync, readdirSync } from 'node:fs'
import { join, relative } from 'node:path'

type Lock = { readonly packages: Readonly<Record<string, { readonly dev?: boolean }>> }

/** Every file of a directory, as sorted relative paths; links are files. */
export function listFiles(directory: string): string[] {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map((entry) => relative(directory, join(entry.parentPath, entry.name)))
    .sort()
}

export const sizeOf = (directory: string, files: readonly string[]): number =>
  files.reduce((sum, path) => sum + lstatSync(join(directory, path)).size, 0)

/**
 * What a runtime image must not hold: packages that the lock file marks for development, sources,
 * types, tests and tools of ours. Paths are relative to the application's folder.
 */
export function findIntruders(files: readonly string[], lock: Lock): string[] {
  const isDev = new Set(
    Object.entries(lock.packages)
      .filter(([, { dev }]) => dev === true)
      .map(([path]) => path),
  )
  const ours = /^(test|scripts|docs|examples|\.git|\.ci)\/|^[^/]*config|\.test\.|\.[cm]?ts$|\.tgz$/
  return files.filter((path) => {
    const [, ownPackage] = /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(path) ?? []
    return ownPackage === undefined ? ours.test(path) : isDev.has(ownPackage)
  })
}
