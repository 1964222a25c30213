import { readFileSync } from 'node:fs'
import { dirname, join, normalize, relative } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../..', import.meta.url))

/**
 * Every source file that `entry` needs, types included, as paths from the root of the repository:
 * what is not among them can be deleted without the entry noticing. Packages are left out.
 */
export function importClosure(entry: string): ReadonlySet<string> {
  const found = new Set<string>()
  const visit = (path: string): void => {
    if (found.has(path)) return
    found.add(path)
    const text = readFileSync(join(root, path), 'utf8')
    for (const [, from] of text.matchAll(/^(?:import|export)[^'"]*?from '(\.[^']+)'/gm)) {
      visit(relative(root, normalize(join(root, dirname(path), from!))))
    }
  }
  visit(entry)
  return found
}

/** What an entry imports from packages, over its whole closure. */
export function packagesOf(entry: string): ReadonlySet<string> {
  const names = [...importClosure(entry)].flatMap((path) => {
    const text = readFileSync(join(root, path), 'utf8')
    return [...text.matchAll(/from '([^.'][^']*)'/g)].map(([, name]) => name!)
  })
  return new Set(names)
}
