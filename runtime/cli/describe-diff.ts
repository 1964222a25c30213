import type { FieldDifference, Scalar } from '../diff/field-differences.ts'
import type { PositionDiff, RunDiff } from './diff-runs.ts'
import { table } from './terminal.ts'

/** What a person sees: how the runs were made otherwise, and where they part. */
export function describeDiff({ same, a, b, definition, hashes, difference }: RunDiff): string {
  const parts = [
    table([
      ['a', `${a.directory}, ${a.outcome}`],
      ['b', `${b.directory}, ${b.outcome}`],
    ]),
    titled('made otherwise', definition),
  ]
  if (difference !== null) parts.push(describePosition(difference))
  else if (same) parts.push('The runs are equal: the same Events at the same positions.')
  else parts.push('The Events are equal, and State at the end is not.', titled('stated', hashes))
  return parts.filter((text) => text !== '').join('\n\n')
}

function describePosition(difference: PositionDiff): string {
  const { position, parts, event, stepDigest, stateDigest, repeated, notRepeated } = difference
  const isEnd = parts.length === 0
  const what = isEnd ? 'one run ended before it' : `another ${parts.join(', another ')}`
  const lines = [
    ...both('event', event),
    ...both('step', stepDigest),
    ...both('state', stateDigest),
    ...(repeated === null ? [] : both('decision', repeated.decision)),
  ]
  const head = `They differ first at position ${position}: ${what}.`
  const state =
    repeated === null
      ? `The State there is not compared: ${notRepeated}`
      : titled('State after it', repeated.state)
  return [head, table(lines), state].filter((text) => text !== '').join('\n\n')
}

/** One line where both are the same. */
function both(
  name: string,
  { a, b }: { readonly a: string | null; readonly b: string | null },
): (readonly [string, string])[] {
  if (a === b) return a === null ? [] : [[name, a]]
  return [
    [`${name} a`, a ?? 'none'],
    [`${name} b`, b ?? 'none'],
  ]
}

const titled = (title: string, fields: readonly FieldDifference[]): string =>
  fields.length === 0
    ? ''
    : `${title}\n${table(fields.map(({ field, a, b }) => [field, `${text(a)} -> ${text(b)}`]))}`

const text = (value: Scalar | undefined): string => (value === undefined ? 'none' : String(value))
