import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { findIntruders, listFiles } from '../../scripts/container/audit.ts'
import { parseContainerfile } from '../../scripts/container/containerfile.ts'
import { dryBuild } from '../../scripts/container/dry-build.ts'
import { writeTree } from './kit/cruise.ts'
import { read } from './kit/repository.ts'
import { temporary } from './kit/workbench.ts'

/** The check of the image must itself be able to fail: wrong Containerfiles and wrong contents. */
const { directory, remove } = temporary('containerfile')
afterAll(remove)

const context = join(directory, 'context')
writeTree(context, {
  'bin/run.mjs': 'export {}',
  'test/a.test.mjs': '',
  'package.json': '{}',
})
const build = (name: string, text: string) =>
  dryBuild(parseContainerfile(text), context, join(directory, name))

describe('a dry build', () => {
  test('copies between stages, runs commands in the working directory, and ends in the last', () => {
    const image = build(
      'stages',
      [
        'FROM node:20-slim AS build',
        'WORKDIR /src',
        'COPY bin bin/',
        'RUN mkdir dist && cp bin/run.mjs dist/made.mjs',
        'FROM node:20-slim',
        'ENV MODE=production',
        'WORKDIR /app',
        'COPY --from=build /src/dist/ dist/',
        'COPY package.json ./',
        'RUN printf "$MODE" > mode',
        'USER node',
        'ENTRYPOINT ["node", "/app/dist/made.mjs"]',
      ].join('\n'),
    )
    expect(listFiles(image.directory)).toEqual([
      'app/dist/made.mjs',
      'app/mode',
      'app/package.json',
    ])
    expect(image).toMatchObject({ user: 'node', environment: { MODE: 'production' } })
    expect(image.entrypoint).toEqual(['node', '/app/dist/made.mjs'])
  })

  test.each([
    ['FROM a\nCOPY --from=none /x/ x/', /no stage of that name/],
    ['FROM a\nRUN exit 3', /ended with 3/],
    ['FROM a\nCOPY missing ./', /ENOENT/],
  ])('stops at %j', (text, message) => {
    expect(() => build('wrong', text)).toThrow(message)
  })

  test.each([
    ['COPY a ./', /before the first FROM/],
    ['FROM a\nADD x ./', /not understood/],
    ['FROM a\nCOPY x y', /other than a directory/],
    ['FROM a\nCOPY --chown=1 x ./', /--chown=1 is not understood/],
    ['FROM a\nRUN rm -rf /usr', /absolute path/],
  ])('refuses what it cannot do: %j', (text, message) => {
    expect(() => parseContainerfile(text)).toThrow(message)
  })
})

describe('the audit of an image', () => {
  const lock = {
    packages: { 'node_modules/vitest': { dev: true }, 'node_modules/@x/y': { dev: true }, '': {} },
  }
  test.each([
    'node_modules/vitest/index.js',
    'node_modules/@x/y/package.json',
    'core/index.ts',
    'test/core/book.js',
    'scripts/check.js',
    'tsconfig.json',
    'vitest.config.mjs',
    'dist/core.test.js',
    'dist/core.d.ts',
    'escapement-0.1.0.tgz',
  ])('finds %s', (path) => {
    expect(findIntruders([path, 'dist/index.js'], lock)).toEqual([path])
  })

  test.each([
    'dist/index.js',
    'bin/escapement.mjs',
    'package-lock.json',
    'node_modules/zod/index.d.ts',
    'node_modules/a/node_modules/vitest/index.js',
    'dist/runtime/config/schema.js',
  ])('lets %s pass', (path) => {
    expect(findIntruders([path], lock)).toEqual([])
  })

  test('would find the tests if the Containerfile copied them', () => {
    const image = build('leaky', 'FROM a\nWORKDIR /app\nCOPY test test/\nCOPY bin bin/')
    expect(findIntruders(listFiles(join(image.directory, 'app')), lock)).toEqual([
      'test/a.test.mjs',
    ])
  })
})

test('no RUN of the image itself needs the registry: its dependencies come from an earlier stage', () => {
  const last = parseContainerfile(read('Containerfile')).at(-1)!
  expect(last.instructions.filter(({ kind }) => kind === 'run')).toEqual([])
  expect(last.instructions.some(({ kind }) => kind === 'user')).toBe(true)
})
