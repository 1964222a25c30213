import { spawnSync } from 'node:child_process'
import { readFileSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'

/** Whether the folder is the root of a checkout. */
export const isCheckout = (root: string): boolean => gitFolder(root) !== null

/** The commit that a checkout stands at, or null where it cannot be read. Needs no git. */
export function commitOf(root: string): string | null {
  const git = gitFolder(root)
  if (git === null) return null
  const head = textOf(join(git, 'HEAD'))
  const [, ref] = /^ref: (\S+)$/.exec(head) ?? []
  if (ref === undefined) return hashOf(head)
  // A worktree has a HEAD of its own and shares its branches.
  const shared = textOf(join(git, 'commondir'))
  const common = shared === '' ? git : resolve(git, shared)
  return hashOf(textOf(join(common, ref))) ?? packed(common, ref)
}

/**
 * Whether a file that git follows was changed, or null where git cannot say. What it does not
 * follow takes part in nothing unless such a file names it; strategies have identities of their own.
 */
export function isDirty(root: string): boolean | null {
  const { GIT_DIR: _dir, GIT_WORK_TREE: _tree, GIT_INDEX_FILE: _index, ...env } = process.env
  const args = ['--no-optional-locks', 'status', '--porcelain', '--untracked-files=no']
  const { status, stdout } = spawnSync('git', args, { cwd: root, env, timeout: 10_000 })
  return status === 0 ? stdout.length > 0 : null
}

/** `.git` is a folder, or in a worktree a file that names it. */
function gitFolder(root: string): string | null {
  const path = join(root, '.git')
  const found = statSync(path, { throwIfNoEntry: false })
  if (found === undefined) return null
  if (found.isDirectory()) return path
  const [, folder] = /^gitdir: (.+)$/.exec(textOf(path)) ?? []
  return folder === undefined ? null : resolve(root, folder)
}

function packed(common: string, ref: string): string | null {
  for (const line of textOf(join(common, 'packed-refs')).split('\n')) {
    const [hash, name] = line.split(' ')
    if (name === ref) return hashOf(hash!)
  }
  return null
}

const hashOf = (text: string): string | null => (/^[0-9a-f]{40,64}$/.test(text) ? text : null)

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8').trim()
  } catch {
    return ''
  }
}
