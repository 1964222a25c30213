import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { chooseModule, isAccepted } from '../../scripts/mutation/score.ts'
import { acceptedMutants } from '../mutation/accepted.ts'
import { mutationModules } from '../mutation/modules.ts'
import { type Note, readNotes, write } from '../mutation/notes.ts'
import { filesOf, read, root } from './kit/repository.ts'

/** The mutation tests leave no file out, and excuse no mutant that is not there any more. */
describe('the modules of the mutation tests', () => {
  test('hold every file of the Core and of the compiler, each in one module', () => {
    const modules = Object.values(mutationModules).flatMap(({ sources }) => filesOf(...sources))
    const files = filesOf('core/*.ts', 'machines/compile.ts', 'machines/compiler/*.ts')
    expect(modules.sort()).toEqual(files.sort())
  })

  test.each(Object.entries(mutationModules))('%s names sources and tests that exist', (_, each) => {
    const patterns = [...each.sources, ...each.tests]
    expect(patterns.filter((pattern) => filesOf(pattern).length === 0)).toEqual([])
  })

  test('take turns', () => {
    expect(Object.keys(mutationModules)).toContain(chooseModule(root, Object.keys(mutationModules)))
  })
})

describe('an accepted mutant', () => {
  const mutant = { file: 'core/a.ts', at: 'if (a > 0) b()', original: 'a > 0', replacement: 'true' }

  test('is told by its file, its text and its line, where one is given', () => {
    const { at: _, ...listed } = { ...mutant, reason: 'none' }
    expect(isAccepted(mutant, [listed])).toBe(true)
    expect(isAccepted(mutant, [{ ...listed, at: 'if (a > 0) c()' }])).toBe(false)
    expect(isAccepted({ ...mutant, replacement: 'false' }, [listed])).toBe(false)
    expect(isAccepted({ ...mutant, file: 'core/b.ts' }, [listed])).toBe(false)
  })

  test('stands in its source to this day, and has a reason', () => {
    const gone = acceptedMutants.filter(({ file, at, original }) => {
      const text = read(file).replace(/\s+/g, ' ')
      return ![at ?? '', original.replace(/\.\.\.$/, '')].every((part) => text.includes(part))
    })
    expect(gone).toEqual([])
    expect(acceptedMutants.filter(({ reason }) => reason.length < 20)).toEqual([])
  })
})

describe('what the runners note', () => {
  let directory: string
  const noted = (...notes: readonly Note[]) => {
    const path = join(directory, 'notes.jsonl')
    for (const note of notes) write(path, note)
    return readNotes(path)
  }
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'escapement-notes-'))
  })
  afterEach(() => rmSync(directory, { recursive: true }))

  test('names the mutant that is being tried, and none between two', () => {
    expect(noted({ begins: 1 }, { tries: '4', takes: 7 })).toMatchObject({ last: '4', takes: 7 })
    expect(noted({ spares: '4', by: 'a' }).last).toBeUndefined()
    expect(noted({ tries: '5' }, { kills: '5' }).last).toBeUndefined()
  })

  test('takes a mutant for dead when the next process begins before it has been judged', () => {
    const { fatal, killed, last } = noted({ begins: 1 }, { tries: '4' }, { begins: 2 })
    expect([[...fatal], [...killed], last]).toEqual([['4'], ['4'], undefined])
  })

  test('takes no mutant for dead when a process begins after the last judgement', () => {
    const { fatal, killed } = noted({ tries: '4' }, { spares: '4', by: 'a' }, { begins: 2 })
    expect([...fatal, ...killed]).toEqual([])
  })

  test('knows which tests did not notice a mutant', () => {
    const { spared } = noted({ spares: '4', by: 'a' }, { spares: '4', by: 'b' })
    expect([...spared]).toEqual([['4', new Set(['a', 'b'])]])
  })
})
