import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { cruise, writeTree } from './kit/cruise.ts'
import { root } from './kit/repository.ts'

/**
 * The arrows: machines <- core <- actors <- runtime <- examples, adapters -> actors/ports + core.
 * The rules are run on this repository, and on a small tree with wrong files beside right ones.
 */
const sound = {
  'node_modules/xstate/package.json': '{"name":"xstate","version":"5.0.0","main":"x.js"}',
  'node_modules/xstate/x.js': 'exports.setup = 1',
  'node_modules/xstate/x.d.ts': 'export declare const setup: number; export type State = number',
  'node_modules/zod/package.json': '{"name":"zod","version":"4.0.0","main":"z.js"}',
  'node_modules/zod/z.js': 'exports.z = 1',
  'package.json': '{"name":"tree","type":"module","dependencies":{"xstate":"5.0.0","zod":"4.0.0"}}',
  'tsconfig.json': '{"compilerOptions":{"module":"nodenext","allowImportingTsExtensions":true}}',
  'machines/law.ts': "import { setup } from 'xstate'\nexport const law = setup",
  'core/step.ts':
    "import type { State } from 'xstate'\nimport { law } from '../machines/law.ts'\nexport const step = (s: State) => [s, law]",
  'actors/ports.ts': "import { step } from '../core/step.ts'\nexport const port = step",
  'actors/feed.ts': "import { port } from './ports.ts'\nexport const feed = port",
  'adapters/npz.ts':
    "import { readFileSync } from 'node:fs'\nimport { port } from '../actors/ports.ts'\nexport const npz = [port, readFileSync]",
  'runtime/session.ts': "import { feed } from '../actors/feed.ts'\nexport const session = feed",
  'runtime/cli/main.ts':
    "import { npz } from '../../adapters/npz.ts'\nimport { session } from '../session.ts'\nexport const main = [npz, session]",
  'runtime/sweep.worker.ts': "import { npz } from '../adapters/npz.ts'\nexport const worker = npz",
  'examples/one.ts': "import { session } from '../runtime/session.ts'\nexport const one = session",
  'test/one.test.ts': "import { one } from '../examples/one.ts'\nexport const seen = one",
}

/** One more file in a folder of the sound tree, and the one rule that it must break. */
const wrong: readonly (readonly [rule: string, folder: string, imports: string])[] = [
  ['machines-import-xstate-only', 'machines', 'zod'],
  ['machines-import-xstate-only', 'machines', '../core/step.ts'],
  ['machines-import-xstate-only', 'machines', 'a-package-that-is-not-installed'],
  ['no-node-builtins-in-core-and-machines', 'machines', 'node:crypto'],
  ['core-imports-machines-only', 'core', 'zod'],
  ['core-imports-machines-only', 'core', '../actors/ports.ts'],
  ['core-takes-types-only-from-xstate', 'core', 'xstate'],
  ['no-node-builtins-in-core-and-machines', 'core', 'node:fs'],
  ['no-node-builtins-in-core-and-machines', 'core', 'fs'],
  ['actors-do-not-know-runtime-or-adapters', 'actors', '../runtime/session.ts'],
  ['actors-do-not-know-runtime-or-adapters', 'actors', '../adapters/npz.ts'],
  ['adapters-implement-ports', 'adapters', '../actors/feed.ts'],
  ['adapters-implement-ports', 'adapters', '../runtime/session.ts'],
  ['only-cli-and-workers-import-adapters', 'runtime', '../adapters/npz.ts'],
  ['only-cli-and-workers-import-adapters', 'runtime/config', '../../adapters/npz.ts'],
  ['examples-are-a-leaf', 'runtime', '../examples/one.ts'],
  ['source-does-not-import-tests-or-scripts', 'runtime', '../test/one.test.ts'],
]

const fixture = mkdtempSync(join(tmpdir(), 'escapement-arrows-'))
afterAll(() => rmSync(fixture, { recursive: true, force: true }))
const wrongFile = (folder: string, i: number): string => `${folder}/wrong-${i}.ts`

describe('the arrows of the architecture', () => {
  test('hold in this repository, and no cycle exists', () => {
    const { violations, modules } = cruise(root)
    expect(violations).toEqual([])
    // The packages are seen as folders, not as links in node_modules: else no rule would bite.
    expect(modules.some((path) => path === 'core/index.ts')).toBe(true)
    expect(modules.filter((path) => path.includes('@escapement'))).toEqual([])
  })

  describe('in a small tree', () => {
    let broken: readonly string[] = []
    beforeAll(() => {
      const files = wrong.map(([, folder, imports], i) => {
        const text = `import * as it from '${imports}'\nexport const value = it`
        return [wrongFile(folder, i), text] as const
      })
      writeTree(fixture, { ...sound, ...Object.fromEntries(files) })
      broken = cruise(fixture).violations
    })

    test('hold in every file that keeps them', () => {
      expect(broken.filter((violation) => !violation.includes('wrong-'))).toEqual([])
    })

    test.each(wrong.map((row, i) => [...row, i] as const))(
      '%s is broken in %s by an import of %s, and nothing else is',
      (rule, folder, _imports, i) => {
        const file = wrongFile(folder, i)
        const here = broken.filter((violation) => violation.endsWith(`: ${file}`))
        expect(here).toEqual([`${rule}: ${file}`])
      },
    )
  })

  test('a cycle is found, also one of types alone', () => {
    const directory = join(fixture, 'cycle')
    writeTree(directory, {
      'package.json': sound['package.json'],
      'tsconfig.json': sound['tsconfig.json'],
      'actors/a.ts': "import type { B } from './b.ts'\nexport type A = B | 1",
      'actors/b.ts': "import type { A } from './a.ts'\nexport type B = A | 2",
    })
    expect(cruise(directory).violations).toContain('no-cycles: actors/a.ts')
  })
})
