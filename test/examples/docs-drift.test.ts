import { existsSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { describe, expect, test } from 'vitest'
import { METRIC_UNITS } from '../../runtime/analysis/metrics.ts'
import { drawPictures } from '../../scripts/draw-pictures.ts'
import { configurationFields, generatedPages } from '../../scripts/write-docs.ts'
import { filesOf, read, root } from '../house/kit/repository.ts'

/** What the documentation takes from the code is what the code says now. */
describe('generated documentation', () => {
  test('pages are as scripts/write-docs.ts writes them', () => {
    for (const [path, text] of generatedPages()) expect(read(path), path).toBe(text)
  })

  test('pictures are as scripts/draw-pictures.ts draws them', async () => {
    for (const [path, svg] of await drawPictures()) expect(read(path) === svg, path).toBe(true)
  })

  test('every field of the configuration has a row in docs/configuration.md', () => {
    const page = read('docs/configuration.md').split('## Command line')[0]!
    const rows = [...page.matchAll(/^\| `([^`]+)` \|/gm)].map(([, path]) => path)
    expect(rows.sort()).toEqual(
      configurationFields()
        .map(({ path }) => path)
        .sort(),
    )
  })

  test('every metric of a run stands in the table of docs/statistics.md', () => {
    const rows = read('docs/statistics.md')
      .split('\n')
      .filter((line) => line.startsWith('| `'))
    const named = rows.flatMap((row) => row.split('|')[1]!.match(/(?<=`)\w+(?=`)/g) ?? [])
    expect(Object.keys(METRIC_UNITS).filter((metric) => !named.includes(metric))).toEqual([])
  })
})

describe('links between pages', () => {
  const pages = filesOf('*.md').filter((path) => !path.startsWith('docs/api/'))

  test('lead to files of the repository, and to headings that exist', () => {
    expect(pages.length).toBeGreaterThan(8)
    expect(pages.flatMap(brokenLinks)).toEqual([])
  })
})

function brokenLinks(page: string): string[] {
  const text = read(page).replace(/```[\s\S]*?```/g, '')
  const links = [...text.matchAll(/\]\(([^)\s]+)\)/g)].map(([, link]) => link!)
  return links
    .filter((link) => !/^[a-z]+:/.test(link))
    .filter((link) => {
      const [path, anchor] = link.split('#') as [string, string | undefined]
      const target = path === '' ? page : normalize(join(dirname(page), path))
      if (!existsSync(join(root, target))) return true
      return anchor !== undefined && !anchorsOf(read(target)).includes(anchor)
    })
    .map((link) => `${page}: ${link}`)
}

/** As GitHub makes them: lower case, blanks to hyphens, punctuation gone. */
function anchorsOf(text: string): string[] {
  return [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading]) =>
    heading!
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  )
}
