import type { LogLink } from '../../actors/ports.ts'

/** Links of a hash chain in their order, as the index of an event log lists them. */
export type LinkList = { readonly length: number; entry(i: number): LogLink }

/**
 * How many links two chains share from their beginning. A link covers every record before it, so
 * chains that agree at one agree at all before, and bisection finds the last.
 *
 * Cost: logarithmic in the number of links; no record is read.
 */
export function commonLinks(a: LinkList, b: LinkList): number {
  let shared = 0
  let rest = Math.min(a.length, b.length)
  while (shared < rest) {
    const middle = (shared + rest + 1) >> 1
    if (isSameLink(a.entry(middle - 1), b.entry(middle - 1))) shared = middle
    else rest = middle - 1
  }
  return shared
}

const isSameLink = (a: LogLink, b: LogLink): boolean =>
  a.records === b.records && a.hash.every((byte, i) => byte === b.hash[i])
