import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** This software as it is installed: its folder and what its package.json says of it. */
export type Package = {
  readonly root: string
  readonly name: string
  readonly version: string
  readonly dependencies: readonly string[]
}

type PackageJson = {
  readonly name: string
  readonly version: string
  readonly dependencies?: Readonly<Record<string, string>>
}

/** Sources and build lie at different depths: each is tried. Null where package.json is not found. */
export function ownPackage(): Package | null {
  for (const above of ['../..', '../../..']) {
    const root = join(dirname(fileURLToPath(import.meta.url)), above)
    const found = readPackageJson(root)
    if (found?.name !== 'escapement') continue
    const { name, version, dependencies = {} } = found
    return { root, name, version, dependencies: Object.keys(dependencies).sort() }
  }
  return null
}

export function readPackageJson(folder: string): PackageJson | null {
  try {
    return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as PackageJson
  } catch {
    return null
  }
}
