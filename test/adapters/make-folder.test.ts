/** Folders that several workers of an experiment make at the same time. */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, expect, it, vi } from 'vitest'
import { makeFolder } from '../../adapters/run-directory/run-directory.ts'
import { folderWith } from '../kit/cli.ts'

/** Paths that another worker makes between our look and our making. */
const overtaken = vi.hoisted(() => new Set<string>())
vi.mock('node:fs', async (original) => {
  const fs = await original<typeof import('node:fs')>()
  const existsOnce = (path: string) => {
    if (!overtaken.delete(path)) return fs.existsSync(path)
    fs.mkdirSync(path)
    return false
  }
  return { ...fs, existsSync: existsOnce }
})
afterEach(() => overtaken.clear())

it('are made by whoever comes first, at any level', () => {
  for (const level of ['a', 'a/b', 'a/b/c']) {
    const folder = folderWith()
    const path = join(folder, 'a/b/c')
    if (level !== 'a') mkdirSync(join(folder, 'a'))
    if (level === 'a/b/c') mkdirSync(join(folder, 'a/b'))
    overtaken.add(join(folder, level))
    makeFolder(path)
    expect(overtaken.size).toBe(0)
    expect(existsSync(path)).toBe(true)
  }
})

it('are refused where they cannot be made', () => {
  const folder = folderWith()
  writeFileSync(join(folder, 'file'), '')
  expect(() => makeFolder(join(folder, 'file', 'a'))).toThrow(/ESC_OUTPUT/)
})
