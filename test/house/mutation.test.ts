import { describe, expect, test } from 'vitest'
import { chooseModule, isAccepted } from '../../scripts/mutation/score.ts'
import { acceptedMutants } from '../mutation/accepted.ts'
import { mutationModules } from '../mutation/modules.ts'
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
