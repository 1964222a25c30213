import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { dirname, join, sep } from 'node:path'
import { canonicalHash } from '../canonical-json.ts'
import { commitOf, isCheckout, isDirty } from './git-checkout.ts'
import { ownPackage, type Package, readPackageJson } from './package-root.ts'

/** With what a run was made, besides the version that the software gives itself. */
export type SoftwareIdentity = {
  readonly code: {
    /** Of a git checkout, where it can be read. */
    readonly commit: string | null
    readonly dirty: boolean | null
    /** SHA-256 over every source file, or over every built one of an installed package. */
    readonly hash: string
  }
  /** SHA-256 of package-lock.json, or of the versions of the direct dependencies. */
  readonly dependencies: { readonly hash: string; readonly from: 'lock' | 'versions' }
  readonly environment: {
    readonly node: string
    readonly platform: string
    readonly arch: string
    readonly cpu: { readonly model: string; readonly count: number }
  }
  /** Why somebody else could not install the same software; null where they could. */
  readonly notReproducible: string | null
}

let known: SoftwareIdentity | null = null

/** Looked up once a process: it runs what was there when it began. */
export function softwareIdentity(): SoftwareIdentity {
  known ??= identityOf(ownPackage())
  return known
}

/** The same of any package folder, or of none. */
export function identityOf(found: Package | null): SoftwareIdentity {
  const isGit = found !== null && isCheckout(found.root)
  const commit = isGit ? commitOf(found.root) : null
  const dirty = isGit ? isDirty(found.root) : null
  return {
    code: { commit, dirty, hash: found === null ? '' : codeHash(found.root) },
    dependencies: dependenciesOf(found),
    environment: environment(),
    notReproducible: isInstalled(found) ? null : whyNot(commit, dirty),
  }
}

/** A package that npm installed is named by its version. */
const isInstalled = (found: Package | null): boolean =>
  found?.root.includes(`${sep}node_modules${sep}`) === true

function whyNot(commit: string | null, dirty: boolean | null): string | null {
  if (commit === null) return 'the commit of the software is not known'
  if (dirty === null) return 'whether the software was changed since its commit is not known'
  return dirty ? 'the software was changed since its commit' : null
}

/** Folders of the project's own modules in a clone, and in an installed package; what is none. */
const IN_CLONE = {
  folders: ['machines', 'core', 'actors', 'adapters', 'runtime'],
  others: ['node_modules', 'dist'],
}
const INSTALLED = {
  folders: ['dist', 'node_modules/@escapement', '../@escapement'],
  others: ['node_modules'],
}

/** Over path and bytes of each module, in the order of paths by their code units. */
function codeHash(root: string): string {
  const { folders, others } = existsSync(join(root, 'runtime')) ? IN_CLONE : INSTALLED
  const hash = createHash('sha256')
  for (const file of folders.flatMap((folder) => modulesIn(root, folder, others)).sort()) {
    const bytes = readFileSync(join(root, file))
    hash.update(`${file} ${bytes.length}\n`).update(bytes)
  }
  return hash.digest('hex')
}

function modulesIn(root: string, folder: string, others: readonly string[]): readonly string[] {
  if (!existsSync(join(root, folder))) return []
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    if (others.includes(entry.name)) return []
    const path = `${folder}/${entry.name}`
    if (entry.isDirectory()) return modulesIn(root, path, others)
    return /(?<!\.d)\.[jt]s$/.test(entry.name) ? [path] : []
  })
}

function dependenciesOf(found: Package | null): SoftwareIdentity['dependencies'] {
  const lock = found === null ? '' : join(found.root, 'package-lock.json')
  if (existsSync(lock)) {
    return { hash: createHash('sha256').update(readFileSync(lock)).digest('hex'), from: 'lock' }
  }
  const versions = (found?.dependencies ?? []).map((name) => [name, versionOf(found!.root, name)])
  return { hash: canonicalHash(Object.fromEntries(versions)), from: 'versions' }
}

/** Of the dependency that Node would find from `folder`; null where there is none. */
function versionOf(folder: string, name: string): string | null {
  const found = readPackageJson(join(folder, 'node_modules', name))
  if (found !== null) return found.version
  const above = dirname(folder)
  return above === folder ? null : versionOf(above, name)
}

function environment(): SoftwareIdentity['environment'] {
  const { version, platform, arch } = process
  const all = cpus()
  const cpu = { model: all[0]?.model.trim() ?? 'unknown', count: all.length }
  return { node: version, platform, arch, cpu }
}
