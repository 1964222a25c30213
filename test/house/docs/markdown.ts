/** A fenced block of a document, with what the text around it says about its execution. */
export type Block = {
  readonly file: string
  /** One-based line of the opening fence; the first line of `text` is the next one. */
  readonly line: number
  readonly language: string
  /** `title="name"` in the info string: the block is also a file that later blocks may use. */
  readonly title: string | null
  readonly text: string
  /** The HTML comments that stand directly before the fence. */
  readonly marks: readonly string[]
  /** The ```text block that follows with nothing between: what the block is to print. */
  readonly output: { readonly text: string; readonly isAbridged: boolean } | null
}

/**
 * Marks that a writer may put before a block, as `<!-- not executed: needs a venue account -->`.
 * The reason is part of the mark: without one it does not count.
 */
const reasoned = /^(not executed|type-checked only|not a configuration): \S/
const abridged = 'output abridged'

export const isMarked = ({ marks }: Block, mark: string): boolean =>
  marks.some((found) => found.startsWith(`${mark}: `) && reasoned.test(found))

type Fence = Omit<Block, 'output'> & { readonly end: number }

/** Every fenced block of a document; a ```text block that is an output belongs to its block. */
export function blocksOf(file: string, markdown: string): readonly Block[] {
  const lines = markdown.split('\n')
  const fences = fencesOf(file, lines)
  const blocks: Block[] = []
  for (let i = 0; i < fences.length; i++) {
    const { end, ...fence } = fences[i]!
    const next = fences[i + 1]
    const between = next === undefined ? ['no more'] : lines.slice(end, next.line - 1)
    const isOutput =
      fence.language !== 'text' &&
      next?.language === 'text' &&
      between.every((line) => line.trim() === '' || line.trim() === `<!-- ${abridged} -->`)
    if (!isOutput) {
      blocks.push({ ...fence, output: null })
      continue
    }
    const isAbridged = next.marks.includes(abridged)
    blocks.push({ ...fence, output: { text: next.text, isAbridged } })
    i++
  }
  return blocks
}

function fencesOf(file: string, lines: readonly string[]): Fence[] {
  const fences: Fence[] = []
  for (let i = 0; i < lines.length; i++) {
    const [, indent = '', ticks, info = ''] = /^(\s*)(`{3,})(.*)$/.exec(lines[i]!) ?? []
    if (ticks === undefined) continue
    const close = lines.findIndex((line, at) => at > i && line.trim() === ticks)
    if (close === -1) throw new Error(`${file}:${i + 1} a fence without an end`)
    const body = lines.slice(i + 1, close).map((line) => line.replace(indent, ''))
    fences.push({
      file,
      line: i + 1,
      language: info.trim().split(/\s/)[0]!,
      title: /title="([^"]+)"/.exec(info)?.[1] ?? null,
      text: body.join('\n'),
      marks: marksBefore(lines, i),
      end: close + 1,
    })
    i = close
  }
  return fences
}

function marksBefore(lines: readonly string[], fence: number): string[] {
  const marks: string[] = []
  for (let i = fence - 1; i >= 0; i--) {
    const line = lines[i]!.trim()
    if (line === '') continue
    const [, comment] = /^<!--\s*(.*?)\s*-->$/.exec(line) ?? []
    if (comment === undefined) break
    marks.push(comment)
  }
  return marks
}

/** Whether what was printed is what the document shows; `…` stands for anything if abridged. */
export function isOutput(
  printed: string,
  { text, isAbridged }: NonNullable<Block['output']>,
): boolean {
  if (!isAbridged) return printed.trimEnd() === text.trimEnd()
  const parts = text.trimEnd().split('…')
  const pattern = parts
    .map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
    .join('[\\s\\S]*?')
  return new RegExp(`^${pattern}$`).test(printed.trimEnd())
}
