import { copyFileSync, existsSync, mkdirSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { publint } from 'publint'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { writeTree } from './kit/cruise.ts'
import { mustRun, root, run } from './kit/repository.ts'
import { cleanCopy, registryAnswers, temporary } from './kit/workbench.ts'

/**
 * The packages as a stranger gets them: built and packed from a clean copy, installed from their
 * archives into empty directories. What must be fetched for that comes from the npm registry.
 */
const { directory, remove } = temporary('packages')
const copy = join(directory, 'repository')
const archives = join(directory, 'archives')
const folders = { machines: 'machines', core: 'core', escapement: '.' } as const
type Name = keyof typeof folders
const names = Object.keys(folders) as Name[]
const tarball: Record<string, string> = {}
const contents: Record<string, readonly string[]> = {}

type Packed = { readonly filename: string; readonly files: readonly { readonly path: string }[] }

beforeAll(() => {
  cleanCopy(copy)
  mkdirSync(archives)
  mustRun('npm', ['run', 'build'], { cwd: copy })
  for (const name of names) {
    const args = ['pack', '--json', '--ignore-scripts', '--pack-destination', archives]
    const { stdout } = mustRun('npm', args, { cwd: join(copy, folders[name]) })
    const [packed] = JSON.parse(stdout) as [Packed]
    tarball[name] = join(archives, packed.filename)
    contents[name] = packed.files.map(({ path }) => path)
  }
})
afterAll(remove)

const online = registryAnswers()
if (!online) process.stderr.write('packages: the npm registry does not answer, installs skipped\n')

/** An empty directory of a user, with these archives and packages installed. */
function installed(name: string, packages: readonly string[]): string {
  const home = join(directory, name)
  writeTree(home, { 'package.json': '{"name":"stranger","private":true,"type":"module"}' })
  mustRun('npm', ['install', '--no-audit', '--no-fund', ...packages], { cwd: home })
  return home
}

describe.each(names)('the archive of %s', (name) => {
  test('holds its build, licence and description, and no test or source', () => {
    const files = contents[name]!
    expect(files).toContain('dist/index.js')
    expect(files).toContain('dist/index.d.ts')
    expect(files).toContain('LICENSE')
    expect(files).toContain('README.md')
    expect(files.filter((path) => path.startsWith('dist/examples/'))).toEqual([])
    const strange = /\.test\.|^(dist\/)?(test|scripts|docs)\/|tsconfig|\.tsbuildinfo$|(?<!\.d)\.ts$/
    expect(files.filter((path) => strange.test(path))).toEqual([])
  })

  test('pleases publint in every point', async () => {
    const { messages } = await publint({ pkgDir: join(copy, folders[name]), pack: 'npm' })
    expect(messages).toEqual([])
  })

  test('has types that resolve for every user of ES modules', () => {
    const attw = join(root, 'node_modules/@arethetypeswrong/cli/dist/index.js')
    const args = [attw, tarball[name]!, '--profile', 'esm-only', '--format', 'ascii', '--no-emoji']
    const { code, stdout, stderr } = run(process.execPath, args, { cwd: directory })
    expect(code, stdout + stderr).toBe(0)
  })
})

describe.skipIf(!online)('installed in an empty directory', () => {
  test('the Core runs on plain node with the machines and xstate, and nothing else', () => {
    const home = installed('core-alone', [tarball.machines!, tarball.core!, 'xstate@5.33.3'])
    const found = readdirSync(join(home, 'node_modules')).filter((entry) => !entry.startsWith('.'))
    expect(found.sort()).toEqual(['@escapement', 'xstate'])
    const program = join(home, 'main.mjs')
    copyFileSync(join(root, 'test/house/fixtures/core-alone.mjs'), program)
    const { stdout } = mustRun(process.execPath, [program], { cwd: home })
    expect(JSON.parse(stdout)).toEqual({ sent: [['new', 99]], machines: 9, compiled: true })
  })

  test('the types of the Core are types, and not any, to a strict compiler without our settings', () => {
    const home = installed('types', [tarball.machines!, tarball.core!, 'xstate@5.33.3'])
    const uses = "import { orderKey } from '@escapement/core'\n"
    writeTree(home, {
      'right.ts': `${uses}export const key: number = orderKey(0, 1)`,
      'wrong.ts': `${uses}export const key: string = orderKey(0, 1)`,
    })
    const compiler = join(root, 'node_modules/typescript/bin/tsc')
    const options = '--noEmit --strict --module nodenext --target es2023 --ignoreConfig'
    const check = (file: string) =>
      run(process.execPath, [compiler, ...options.split(' '), file], { cwd: home })
    expect(check('right.ts')).toMatchObject({ code: 0, stdout: '' })
    expect(check('wrong.ts').stdout).toMatch(/^wrong\.ts\(2,14\): error TS2322/)
  })

  test('the command says what it can do, refuses what it cannot, and its library loads', () => {
    const home = installed(
      'command',
      names.map((name) => tarball[name]!),
    )
    expect(existsSync(join(home, 'node_modules/escapement/runtime'))).toBe(false)
    const help = mustRun('npx', ['escapement', '--help'], { cwd: home })
    expect(help.stdout).toMatch(/^Usage: escapement/)
    const wrong = run('npx', ['escapement', 'backtest', 'none.yaml'], { cwd: home })
    expect(wrong.code).toBe(2)
    const load = "import * as it from 'escapement'; process.stdout.write(typeof it.runBacktest)"
    const args = ['--input-type=module', '--eval', load]
    expect(mustRun(process.execPath, args, { cwd: home }).stdout).toBe('function')
    const tools = ['vitest', 'typescript', '@biomejs', 'knip', 'dependency-cruiser']
    expect(tools.filter((tool) => existsSync(join(home, 'node_modules', tool)))).toEqual([])
  })
})
