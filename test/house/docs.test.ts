import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { checkDocument } from './docs/check-document.ts'
import { blocksOf } from './docs/markdown.ts'
import { filesOf, read } from './kit/repository.ts'
import { cleanCopy, temporary } from './kit/workbench.ts'

/**
 * Every code block of every document is executed: modules are compiled and run, commands are run,
 * configurations are checked. The marks that a writer may use stand in docs/markdown.ts.
 */
const { directory, remove } = temporary('docs')
afterAll(remove)

const documents = filesOf('*.md')
  // A report of an API shows signatures, and its own test holds them against the sources.
  .filter((file) => !file.endsWith('.api.md') && blocksOf(file, read(file)).length > 0)

describe('what the documents show is so', () => {
  test.each(documents)('%s', (file) => {
    const workshop = join(directory, file.replaceAll('/', '-'))
    cleanCopy(workshop)
    expect(checkDocument(file, read(file), workshop)).toEqual([])
  })
})
