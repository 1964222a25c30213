import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** Files that git tracks or would track, below `patterns`: what is ignored is no part of a copy. */
export function workingFiles(repository: string, ...patterns: readonly string[]): string[] {
  const list = (flags: readonly string[]): string[] => {
    const { status, stdout, stderr } = spawnSync(
      'git',
      ['ls-files', '-z', ...flags, '--', ...patterns],
      {
        cwd: repository,
        encoding: 'utf8',
        maxBuffer: 2 ** 26,
      },
    )
    if (status !== 0) throw new Error(`git ls-files: ${stderr}`)
    return stdout.split('\0').filter((path) => path !== '')
  }
  const deleted = new Set(list(['--deleted']))
  const present = list(['--cached', '--others', '--exclude-standard'])
  return [...new Set(present)].filter((path) => !deleted.has(path)).sort()
}

/** Copies the working tree: as a clone would be, with what is not committed yet. */
export function copyWorkingTree(repository: string, target: string): void {
  for (const path of workingFiles(repository)) {
    mkdirSync(dirname(join(target, path)), { recursive: true })
    cpSync(join(repository, path), join(target, path))
  }
}
