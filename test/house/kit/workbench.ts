import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { copyWorkingTree, linkDependencies } from '../../../scripts/working-copy.ts'
import { root, run } from './repository.ts'

/** A directory that is gone when the test file ends. */
export function temporary(name: string): { directory: string; remove: () => void } {
  const directory = mkdtempSync(join(tmpdir(), `escapement-${name}-`))
  return { directory, remove: () => rmSync(directory, { recursive: true, force: true }) }
}

/** Copies the repository without what is ignored, so that no old build or run can help a test. */
export function cleanCopy(directory: string): void {
  copyWorkingTree(root, directory)
  linkDependencies(root, directory)
}

/** Whether the npm registry answers: what must be fetched cannot be tested without it. */
export function registryAnswers(): boolean {
  const { code } = run('npm', ['ping', '--fetch-retries=0', '--fetch-timeout=15000'], {
    timeoutMs: 60_000,
  })
  return code === 0
}
