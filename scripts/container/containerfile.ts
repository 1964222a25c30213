/** A Containerfile in its own words: the few instructions that ours needs, and no others. */
export type Instruction =
  | { readonly kind: 'run'; readonly command: string }
  | { readonly kind: 'workdir'; readonly path: string }
  | { readonly kind: 'user'; readonly name: string }
  | { readonly kind: 'env'; readonly name: string; readonly value: string }
  | {
      readonly kind: 'copy'
      readonly from: string | null
      readonly sources: readonly string[]
      readonly target: string
    }

export type Stage = {
  readonly name: string
  readonly base: string
  readonly instructions: readonly Instruction[]
  readonly entrypoint: readonly string[]
}

/**
 * Splits the text into stages; the last one is the image.
 * @throws when an instruction has no meaning here: a check must not pass over what it cannot do
 */
export function parseContainerfile(text: string): readonly Stage[] {
  const stages: {
    name: string
    base: string
    instructions: Instruction[]
    entrypoint: string[]
  }[] = []
  for (const line of logicalLines(text)) {
    const [, word = '', rest = ''] = /^(\w+)\s+(.*)$/.exec(line) ?? []
    const stage = stages.at(-1)
    if (word === 'FROM') {
      const [, base, name] = /^(\S+)(?:\s+AS\s+(\S+))?$/.exec(rest) ?? []
      if (base === undefined) throw new Error(`not understood: ${line}`)
      stages.push({ name: name ?? 'image', base, instructions: [], entrypoint: [] })
    } else if (stage === undefined) throw new Error(`before the first FROM: ${line}`)
    else if (word === 'ENTRYPOINT') stage.entrypoint = JSON.parse(rest) as string[]
    else if (word !== 'CMD') stage.instructions.push(parseInstruction(word, rest, line))
  }
  return stages
}

function logicalLines(text: string): string[] {
  return text
    .replace(/\\\n/g, ' ')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'))
}

function parseInstruction(word: string, rest: string, line: string): Instruction {
  switch (word) {
    case 'RUN':
      // Outside a container an absolute path would leave the directory that stands for the image.
      if (/(^|[\s='"])\//.test(rest)) throw new Error(`RUN with an absolute path: ${line}`)
      return { kind: 'run', command: rest }
    case 'WORKDIR':
      return { kind: 'workdir', path: rest }
    case 'USER':
      return { kind: 'user', name: rest }
    case 'ENV': {
      const [name = '', value = ''] = rest.split('=')
      return { kind: 'env', name, value }
    }
    case 'COPY': {
      const words = rest.split(/\s+/)
      const flags = words.filter((part) => part.startsWith('--'))
      const unknown = flags.find((flag) => !flag.startsWith('--from='))
      if (unknown !== undefined) throw new Error(`${unknown} is not understood: ${line}`)
      const paths = words.filter((part) => !part.startsWith('--'))
      const target = paths.at(-1)!
      if (!target.endsWith('/')) throw new Error(`COPY to other than a directory: ${line}`)
      const from = flags[0]?.slice('--from='.length) ?? null
      return { kind: 'copy', from, sources: paths.slice(0, -1), target }
    }
    default:
      throw new Error(`not understood: ${line}`)
  }
}
