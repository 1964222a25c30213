/**
 * Mutants that no test can kill, because what they change cannot be seen from outside. They count
 * as survivors all the same. Told by their text, so that an entry outlives edits around it; `at`,
 * the line they begin in, tells apart equal changes in one file.
 */
export type AcceptedMutant = {
  readonly file: string
  readonly at?: string
  readonly original: string
  readonly replacement: string
  readonly reason: string
}

export const acceptedMutants: readonly AcceptedMutant[] = [
  {
    file: 'core/decimal.ts',
    original: 'scale >= value.scale',
    replacement: 'scale > value.scale',
    reason: 'At equal scales both branches multiply or divide by 1.',
  },
  {
    file: 'core/decimal.ts',
    original: 'numerator < 0n',
    replacement: 'numerator <= 0n',
    reason: 'Nothing times minus one is nothing, so the sign of 0 cannot be seen.',
  },
  {
    file: 'core/digest.ts',
    at: 'let rest = value < 0n ? -value : value',
    original: 'value < 0n',
    replacement: 'value <= 0n',
    reason: 'Nothing times minus one is nothing, so the sign of 0 cannot be seen.',
  },
  {
    file: 'core/random.ts',
    original: 'i < 4',
    replacement: 'i <= 4',
    reason: 'A typed array of four ignores what is written at its index 4.',
  },
  {
    file: 'core/codec.ts',
    original: 'need <= this.#bytes.length',
    replacement: 'need < this.#bytes.length',
    reason: 'A buffer that is exactly full grows one write early, which shows in no byte.',
  },
  {
    file: 'core/codec.ts',
    original: 'this.#bytes.length * 2',
    replacement: 'this.#bytes.length / 2',
    reason:
      'By how much the buffer grows decides speed alone: it grows to what is needed at least.',
  },
  {
    file: 'core/plain-data.ts',
    original: 'frozen.has(value)',
    replacement: 'false',
    reason: 'What is known to be frozen is frozen again: the set saves time alone.',
  },
  {
    file: 'core/event-codec.ts',
    at: "if (event.type === 'market.updated') {",
    original: "event.type === 'market.updated'",
    replacement: 'false',
    reason: 'The short way for the commonest Event writes the bytes of the general way.',
  },
  {
    file: 'core/event-codec.ts',
    at: "if (event.type === 'market.updated') {",
    original: "'market.updated'",
    replacement: '""',
    reason: 'The short way for the commonest Event writes the bytes of the general way.',
  },
]
