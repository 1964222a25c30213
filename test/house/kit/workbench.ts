import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { copyWorkingTree } from '../../../scripts/working-copy.ts'
import { root, run } from './repository.ts'

/** A directory that is gone when the test file ends. */
export function temporary(name: string): { directory: string; remove: () => void } {
  const directory = mkdtempSync(join(tmpdir(), `escapement-${name}-`))
  return { directory, remove: () => rmSync(directory, { recursive: true, force: true }) }
}

/**
 * Copies the repository without what is ignored, so that no old build or run can help a test.
 * Dependencies are linked, one by one: the workspaces must be the copy's own.
 */
export function cleanCopy(directory: string): void {
  copyWorkingTree(root, directory)
  linkDependencies(join(root, 'node_modules'), join(directory, 'node_modules'))
  mkdirSync(join(directory, 'node_modules/@escapement'))
  for (const workspace of ['machines', 'core']) {
    symlinkSync(join(directory, workspace), join(directory, 'node_modules/@escapement', workspace))
  }
}

function linkDependencies(from: string, to: string): void {
  mkdirSync(to, { recursive: true })
  for (const name of readdirSync(from)) {
    if (name === '@escapement') continue
    symlinkSync(join(from, name), join(to, name))
  }
}

/** Whether the npm registry answers: what must be fetched cannot be tested without it. */
export function registryAnswers(): boolean {
  const { code } = run('npm', ['ping', '--fetch-retries=0', '--fetch-timeout=15000'], {
    timeoutMs: 60_000,
  })
  return code === 0
}
