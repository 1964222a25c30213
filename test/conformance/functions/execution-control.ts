import {
  COMMAND_KINDS,
  fullLevel,
  hasToken,
  type Intent,
  nextToken,
  type OrderTerms,
  orderKey,
  type PendingCommand,
  rateRule,
  reconcile,
  refill,
} from '@escapement/core'
import type { RuleCounts, Tally } from '../report.ts'
import type { Authority, Json } from '../steps/format.ts'
import { exact } from '../steps/grid.ts'
import { judgeCases } from './cases.ts'

export type BucketCase = {
  readonly authority: Authority
  readonly name: string
  readonly limit_per_sec: number
  readonly calls: readonly (readonly [now: string, allowed: boolean, wake: string])[]
}

/** `core/rules/rate-rules.ts`, in exact arithmetic. */
export const judgeBuckets = (cases: readonly BucketCase[], counts: RuleCounts): Tally =>
  judgeCases(
    cases,
    ({ name }) => name,
    ({ limit_per_sec, calls }) => ({
      expected: calls as Json,
      found: callBucket(limit_per_sec, calls),
    }),
    counts,
  )

function callBucket(limit: number, calls: BucketCase['calls']): Json {
  const rule = rateRule(exact(limit), 'limit_per_sec')
  const origin = BigInt(calls[0]?.[0] ?? '0')
  let level = fullLevel(rule)
  return calls.map(([now]) => {
    level = refill(rule, level, Number(BigInt(now) - origin))
    const allowed = hasToken(rule, level.tokens)
    if (allowed) level = { ...level, tokens: level.tokens - rule.cost }
    const wake = allowed ? level.time : nextToken(rule, level.tokens, level.time)
    return [now, allowed, String(origin + BigInt(wake ?? 0))]
  })
}

type Arrival = readonly [type: 'new' | 'replace' | 'cancel', key: string]

/** What becomes of commands that arrive one after another, by `core/commands/dominance.ts` alone. */
function merge(arrivals: readonly Arrival[]) {
  const effective = new Map<string, { readonly index: number; readonly command: PendingCommand }>()
  const displaced: [number, number][] = []
  const discarded: number[] = []
  arrivals.forEach(([type, name], index) => {
    const terms = termsOf(name)
    const pending = effective.get(name)
    const result = reconcile(pending?.command, intentOf(type, terms), terms, index)
    // An effective CANCEL of a NEW that never left needs no request (ruling 5 of the concepts); in
    // the matrix it is the effective command all the same.
    const command =
      result === 'cancelsPending'
        ? ({ ...terms, kind: 'cancel', sendAs: 'cancel', sequence: index } as const)
        : typeof result === 'object'
          ? result
          : null
    if (command === null) {
      discarded.push(index)
      return
    }
    if (pending !== undefined) displaced.push([pending.index, index])
    effective.delete(name)
    effective.set(name, { index, command })
  })
  return { effective: [...effective.values()], displaced, discarded }
}

const termsOf = (name: string): OrderTerms => ({
  key: orderKey(
    0,
    [...name].reduce((sum, char) => sum * 256 + char.codePointAt(0)!, 0),
  ),
  instrument: 0,
  side: 1,
  orderType: 'limit',
  timeInForce: 'GTC',
  price: 100,
  qty: 1,
})

function intentOf(type: Arrival[0], terms: OrderTerms): Intent {
  if (type === 'new') return { type: 'intent.new', ...terms }
  const { key, instrument, price, qty } = terms
  if (type === 'cancel') return { type: 'intent.cancel', key, instrument }
  return { type: 'intent.replace', key, instrument, price: price + 1, qty }
}

export type MergeCase = {
  readonly authority: Authority
  readonly name: string
  readonly arrivals: readonly Arrival[]
  readonly queue: readonly number[]
  readonly displaced: readonly (readonly [number, number])[]
  readonly discarded: readonly number[]
}

export const judgeMerges = (cases: readonly MergeCase[], counts: RuleCounts): Tally =>
  judgeCases(
    cases,
    ({ name }) => name,
    ({ arrivals, queue, displaced, discarded }) => {
      const found = merge(arrivals)
      const kept = found.effective.map(({ index }) => index)
      return {
        expected: [queue, displaced, discarded] as Json,
        found: [kept, found.displaced, found.discarded],
      }
    },
    counts,
  )

export type CombineCase = {
  readonly authority: Authority
  readonly name: string
  readonly queued: readonly Arrival[]
  readonly generated: readonly Arrival[]
  readonly candidates: readonly Json[]
}

export const judgeCombinations = (cases: readonly CombineCase[], counts: RuleCounts): Tally =>
  judgeCases(
    cases,
    ({ name, queued, generated }) => `${name}: ${JSON.stringify([queued, generated])}`,
    ({ queued, generated, candidates }) => {
      const winners = merge([...queued, ...generated]).effective.map(({ index, command }) => ({
        merge_index: index,
        origin: index < queued.length ? 'queued' : 'generated',
        priority: COMMAND_KINDS.indexOf(command.kind),
      }))
      winners.sort((a, b) => a.priority - b.priority || a.merge_index - b.merge_index)
      return { expected: candidates, found: winners }
    },
    counts,
  )
