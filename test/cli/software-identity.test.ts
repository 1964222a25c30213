/** With what a run was made: code, dependencies, machine, and the hash of the whole definition. */
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { appendFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { canonicalJson } from '../../runtime/canonical-json.ts'
import { commitOf, isDirty } from '../../runtime/cli/git-checkout.ts'
import { type RunDefinition, runHash } from '../../runtime/cli/run-manifest.ts'
import { identityOf, softwareIdentity } from '../../runtime/cli/software-identity.ts'
import { folderWith } from '../kit/cli.ts'
import { smallConfig } from '../kit/cli-config.ts'
import { ranIn } from '../kit/cli-run.ts'

function git(cwd: string, ...args: string[]): string {
  const who = ['-c', 'user.name=t', '-c', 'user.email=t@example.org', '-c', 'commit.gpgsign=false']
  const { status, stdout, stderr } = spawnSync('git', [...who, ...args], { cwd, encoding: 'utf8' })
  if (status !== 0) throw new Error(`git ${args.join(' ')}: ${stderr}`)
  return stdout.trim()
}

const SOURCES = {
  'package.json': '{"name":"escapement","version":"9.9.9","dependencies":{"yaml":"1"}}',
  'runtime/a.ts': 'export const a = 1',
  'core/b.ts': 'export const b = 2',
  'machines/c.ts': '',
  'actors/d.ts': '',
  'adapters/e.ts': '',
}
const packageAt = (root: string) => ({
  root,
  name: 'escapement',
  version: '9.9.9',
  dependencies: ['yaml'],
})

function committed(): string {
  const root = folderWith(SOURCES)
  git(root, 'init', '--quiet')
  git(root, 'add', '.')
  git(root, 'commit', '--quiet', '--message', 'one')
  return root
}

describe('the commit of a checkout is read as git reads it', () => {
  it('of a branch, of packed branches, of a commit by itself and of a worktree', () => {
    const root = committed()
    const one = git(root, 'rev-parse', 'HEAD')
    expect(commitOf(root)).toBe(one)
    git(root, 'pack-refs', '--all')
    expect(commitOf(root)).toBe(one)
    const tree = join(folderWith(), 'tree')
    git(root, 'worktree', 'add', '--quiet', '-b', 'side/way', tree)
    appendFileSync(join(tree, 'core/b.ts'), '\n')
    git(tree, 'commit', '--quiet', '--all', '--message', 'two')
    expect(commitOf(tree)).toBe(git(tree, 'rev-parse', 'HEAD'))
    expect(commitOf(tree)).not.toBe(one)
    git(tree, 'checkout', '--quiet', '--detach', one)
    expect(commitOf(tree)).toBe(one)
  })

  it('is null of what is none, or cannot be read', () => {
    const root = committed()
    expect(commitOf(folderWith())).toBeNull()
    writeFileSync(join(root, '.git/HEAD'), 'ref: refs/heads/nowhere\n')
    expect(commitOf(root)).toBeNull()
    rmSync(join(root, '.git/HEAD'))
    expect(commitOf(root)).toBeNull()
  })

  it('and is dirty by what git follows', () => {
    const root = committed()
    expect(isDirty(root)).toBe(false)
    writeFileSync(join(root, 'notes.txt'), '')
    expect(isDirty(root)).toBe(false)
    appendFileSync(join(root, 'core/b.ts'), '\n')
    expect(isDirty(root)).toBe(true)
    expect(isDirty(folderWith())).toBeNull()
  })
})

describe('a run is reproducible when somebody else can install what made it', () => {
  it('from a commit without changes; a change says so and has another code hash', () => {
    const root = committed()
    const clean = identityOf(packageAt(root))
    expect(clean.notReproducible).toBeNull()
    expect(clean.code).toMatchObject({ commit: git(root, 'rev-parse', 'HEAD'), dirty: false })
    writeFileSync(join(root, 'core/b.ts'), 'export const b = 3')
    const changed = identityOf(packageAt(root))
    expect(changed.notReproducible).toBe('the software was changed since its commit')
    expect(changed.code.commit).toBe(clean.code.commit)
    expect(changed.code.hash).not.toBe(clean.code.hash)
  })

  it('not from sources without a commit, or where git does not answer', () => {
    const unknown = identityOf(packageAt(folderWith(SOURCES)))
    expect(unknown.notReproducible).toBe('the commit of the software is not known')
    const root = committed()
    writeFileSync(join(root, '.git/index'), 'no index')
    expect(identityOf(packageAt(root)).notReproducible).toContain('is not known')
    expect(identityOf(null).notReproducible).not.toBeNull()
  })

  it('from an installed package, which its version and those of its dependencies name', () => {
    const files = (version: string) => ({
      'node_modules/escapement/dist/index.js': '1',
      'node_modules/yaml/package.json': `{"name":"yaml","version":"${version}"}`,
    })
    const installed = (version: string) =>
      identityOf(packageAt(join(folderWith(files(version)), 'node_modules/escapement')))
    const [one, other] = [installed('1.0.0'), installed('1.0.1')]
    expect(one).toMatchObject({ notReproducible: null, code: { commit: null, dirty: null } })
    expect(one.dependencies.from).toBe('versions')
    expect(one.code.hash).toBe(other.code.hash)
    expect(one.dependencies.hash).not.toBe(other.dependencies.hash)
  })
})

describe('the manifest of a run', () => {
  const definition: RunDefinition = {
    configFingerprint: 'a',
    dataHash: 'b',
    strategies: ['c'],
    seed: 1,
    software: 'escapement 9.9.9',
    codeHash: 'd',
    dependenciesHash: 'e',
  }

  it('names the run by SHA-256 over canonical JSON of everything that decides', () => {
    const text = canonicalJson({ ...definition, schema: 'escapement/definition-1' })
    expect(text).toMatch(/^\{"codeHash":"d","configFingerprint":"a",/)
    expect(runHash(definition)).toBe(createHash('sha256').update(text).digest('hex'))
    const others = Object.keys(definition).map((name) =>
      runHash({ ...definition, [name]: name === 'seed' ? 2 : name === 'strategies' ? [] : 'x' }),
    )
    expect(new Set([runHash(definition), ...others]).size).toBe(others.length + 1)
  })

  it('says with what it was made, and its summary whether it is reproducible', async () => {
    const { run } = await ranIn(smallConfig())
    const read = (name: string) => JSON.parse(readFileSync(join(run, name), 'utf8'))
    const { notReproducible, ...made } = softwareIdentity()
    const manifest = read('manifest.json')
    expect(manifest).toMatchObject(made)
    expect(manifest.environment).toMatchObject({ node: process.version, arch: process.arch })
    expect(manifest.dependencies.from).toBe('lock')
    const said = { reproducible: notReproducible === null, notReproducible }
    expect(manifest).toMatchObject(said)
    const { runHash: hash } = manifest
    expect(read('summary.json')).toMatchObject({
      schema: 'escapement/summary-1',
      runHash: hash,
      ...said,
    })
  })
})
