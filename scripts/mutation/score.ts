import { spawnSync } from 'node:child_process'
import { type AcceptedMutant, acceptedMutants } from '../../test/mutation/accepted.ts'
import type { Mutant } from './instrument.ts'

/** Whether a surviving mutant is listed as one that changes nothing a caller can see. */
export function isAccepted(
  { file, at, original, replacement }: Omit<Mutant, 'id' | 'line'>,
  accepted: readonly AcceptedMutant[] = acceptedMutants,
): boolean {
  return accepted.some(
    (each) =>
      each.file === file &&
      each.original === original &&
      each.replacement === replacement &&
      (each.at === undefined || each.at === at),
  )
}

/** The module whose turn it is: each commit takes the next one. A shallow clone takes the first. */
export function chooseModule(root: string, names: readonly string[]): string | undefined {
  const git = (...args: readonly string[]): string =>
    spawnSync('git', args, { cwd: root, encoding: 'utf8' }).stdout.trim()
  const isShallow = git('rev-parse', '--is-shallow-repository') !== 'false'
  const count = isShallow ? 0 : Number(git('rev-list', '--count', 'HEAD'))
  return names[count % names.length]
}
