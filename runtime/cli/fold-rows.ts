import type { Entry } from '../explain/explanation.ts'

/** An entry as it is, or a number of rows left out between two estimates of the queue. */
type Folded =
  | { readonly entry: Entry }
  | { readonly count: number; readonly from: number; readonly to: number }

/** Of a run of more rows than are shown, the first and the last ones stay. */
export function folded(timeline: readonly Entry[], shown: number): Folded[] {
  const items: Folded[] = []
  for (let at = 0; at < timeline.length; ) {
    let end = at
    while (timeline[end]?.kind === 'moved') end++
    const entries = (from: number, to: number) =>
      timeline.slice(from, to).map((entry) => ({ entry }))
    if (end === at) {
      items.push({ entry: timeline[at]! })
      at++
      continue
    }
    const head = at + Math.ceil(shown / 2)
    const tail = end - Math.floor(shown / 2)
    if (end - at <= shown) items.push(...entries(at, end))
    else {
      const [first, last] = [timeline[head]!, timeline[tail - 1]!]
      const from = first.kind === 'moved' ? first.queueBefore : 0
      const to = last.kind === 'moved' ? last.queueAfter : 0
      items.push(...entries(at, head), { count: tail - head, from, to }, ...entries(tail, end))
    }
    at = end
  }
  return items
}
