import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { CodeIdentity } from '../../experiment/definition.ts'
import { softwareVersion } from '../output.ts'

/** Folders of the project's own modules in a clone, and in an installed package; what is none. */
const IN_CLONE = {
  folders: ['machines', 'core', 'actors', 'adapters', 'runtime'],
  others: ['node_modules', 'dist'],
}
const INSTALLED = {
  folders: ['dist', 'node_modules/@escapement', '../@escapement'],
  others: ['node_modules'],
}

/** What runs: every module of the project by its bytes, and the versions it depends on. */
export function codeIdentity(): CodeIdentity {
  const root = packageRoot()
  const layout = existsSync(join(root, 'core', 'index.ts')) ? IN_CLONE : INSTALLED
  const source = createHash('sha256')
  for (const folder of layout.folders) {
    hashModules(join(root, folder), folder, layout.others, source)
  }
  const lock = join(root, 'package-lock.json')
  const pinned = existsSync(lock) ? lock : join(root, 'package.json')
  return {
    software: softwareVersion(),
    source: source.digest('hex'),
    dependencies: createHash('sha256').update(readFileSync(pinned)).digest('hex'),
  }
}

/** Where it runs; nothing of it decides a result. */
export type RunEnvironment = {
  readonly node: string
  readonly platform: string
  readonly arch: string
  /** Null outside a clone. A dirty one holds changes that no commit names. */
  readonly git: { readonly commit: string; readonly dirty: boolean } | null
}

export function runEnvironment(): RunEnvironment {
  const { version: node, platform, arch } = process
  return { node, platform, arch, git: gitState(packageRoot()) }
}

function gitState(root: string): RunEnvironment['git'] {
  if (!existsSync(join(root, '.git'))) return null
  const git = (...args: readonly string[]) =>
    spawnSync('git', ['-C', root, ...args], { encoding: 'utf8' })
  const commit = git('rev-parse', 'HEAD')
  if (commit.status !== 0) return null
  const status = git('status', '--porcelain', '--untracked-files=no')
  return { commit: commit.stdout.trim(), dirty: status.stdout !== '' }
}

function packageRoot(): string {
  let folder = dirname(fileURLToPath(import.meta.url))
  while (!isOwnPackage(join(folder, 'package.json')) && dirname(folder) !== folder) {
    folder = dirname(folder)
  }
  return folder
}

function isOwnPackage(file: string): boolean {
  if (!existsSync(file)) return false
  return (JSON.parse(readFileSync(file, 'utf8')) as { name?: string }).name === 'escapement'
}

/** Names are sorted by their code units: a listing has no order of its own. */
function hashModules(
  folder: string,
  name: string,
  others: readonly string[],
  hash: ReturnType<typeof createHash>,
): void {
  if (!existsSync(folder)) return
  const entries = readdirSync(folder, { withFileTypes: true })
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = join(folder, entry.name)
    const within = `${name}/${entry.name}`
    if (others.includes(entry.name)) continue
    if (entry.isDirectory()) hashModules(path, within, others, hash)
    else if (/(?<!\.d)\.[jt]s$/.test(entry.name)) {
      hash.update(`${within}\n`).update(readFileSync(path))
    }
  }
}
