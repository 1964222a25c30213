import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, readdirSync, symlinkSync } from 'node:fs'
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

/** Copies the working tree, or what `patterns` match of it: as a clone would be, and uncommitted. */
export function copyWorkingTree(
  repository: string,
  target: string,
  ...patterns: readonly string[]
): void {
  for (const path of workingFiles(repository, ...patterns)) {
    mkdirSync(dirname(join(target, path)), { recursive: true })
    cpSync(join(repository, path), join(target, path))
  }
}

/** Gives a copy the installed packages, link by link: the workspaces must be the copy's own. */
export function linkDependencies(repository: string, target: string): void {
  const installed = join(repository, 'node_modules')
  const linked = join(target, 'node_modules')
  mkdirSync(join(linked, '@escapement'), { recursive: true })
  for (const name of readdirSync(installed)) {
    if (name !== '@escapement') symlinkSync(join(installed, name), join(linked, name))
  }
  for (const workspace of ['machines', 'core']) {
    symlinkSync(join(target, workspace), join(linked, '@escapement', workspace))
  }
}
