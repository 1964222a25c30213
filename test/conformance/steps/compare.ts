import { COMMAND_KINDS } from '@escapement/core'
import {
  type Expect,
  entriesOf,
  equalJson,
  isObject,
  type Json,
  type Step,
  type Vector,
} from './format.ts'
import { sameReason } from './mapping.ts'
import type { Outcome } from './outcome.ts'

/** One difference between what the corpus expects and what we do. */
export type Mismatch = {
  readonly path: string
  readonly expected: Json
  readonly found: Json
}

/** Kinds of our one refusal for an instrument that the Configuration does not know (validly). */
const CONFIGURATION = ['missing_configuration', 'invalid_configuration']

export function compareOutput(expect: Expect, outcome: Outcome, due: string | null): Mismatch[] {
  const found: Mismatch[] = []
  const note = (path: string, expected: Json, ours: Json) => {
    if (!equalJson(expected, ours)) found.push({ path, expected, found: ours })
  }
  const { decision } = outcome
  const theirs = expect.error?.kind ?? null
  const known = theirs !== null && CONFIGURATION.includes(theirs) ? 'configuration' : theirs
  note('error', known, outcome.error)
  note('dispatchable', expect.dispatchable ?? [], decision?.dispatched.map(({ ref }) => ref) ?? [])
  note('obligation', expect.obligation?.due_ns ?? null, due)
  found.push(...compareRejections(expect, decision?.rejected ?? []))
  return found
}

/** What `blocked` ends for good; the rest of it only waits. */
const REFUSED = new Set(['DUPLICATE_ID', 'ORDER_NOT_FOUND'])

/**
 * Rejections by reference name. The reference judges winners only, so ours of superseded Intents do
 * not count; what it refuses after Risk (`blocked`) we may refuse in Risk.
 */
function compareRejections(
  { policyRejected = [], superseded = [], blocked = [] }: Expect,
  ours: readonly (readonly [string, string])[],
): Mismatch[] {
  const found: Mismatch[] = []
  const theirs = new Map(policyRejected)
  const refusals = blocked.filter(([, reason]) => REFUSED.has(reason))
  const refused = new Map(refusals.map(([ref, reason]) => [ref, reason]))
  for (const [ref, reason] of ours) {
    if (superseded.includes(ref)) continue
    const expected = theirs.get(ref) ?? refused.get(ref) ?? null
    theirs.delete(ref)
    if (expected === null || !sameReason(reason, expected)) {
      found.push({ path: `policyRejected.${ref}`, expected, found: reason })
    }
  }
  for (const [ref, reason] of theirs) {
    found.push({ path: `policyRejected.${ref}`, expected: reason, found: null })
  }
  return found
}

/** Fields of an account that have no counterpart with us. */
const WITHOUT_COUNTERPART = new Set([
  'fee',
  'trading_volume',
  'trading_value',
  'num_trades',
  'initial_equity',
  'pnl',
])

export function compareState(
  vector: Vector,
  step: Step,
  expected: Json,
  found: { [section: string]: Json },
  refused: boolean,
): Mismatch[] {
  const mismatches: Mismatch[] = []
  const theirs = isObject(expected) ? { ...expected } : {}
  theirs.queue = sortedQueues(vector, theirs.queue)
  scalar('cursor', theirs.cursor ?? null, found.cursor ?? null, mismatches)
  scalar('time_ns', theirs.time_ns ?? null, found.time_ns ?? null, mismatches)
  for (const section of ['market', 'orders', 'lifecycle', 'inflight', 'queue', 'fills']) {
    compareSection(section, theirs[section] ?? {}, found[section] ?? {}, true, mismatches)
  }
  const account = isObject(theirs.account) ? theirs.account : {}
  const fed = refused ? new Set<string>() : fedIn(step)
  compareSection('account', accountsOf(fed, account), found.account ?? {}, false, mismatches)
  return mismatches
}

/** Of a queue only the order among entries of one type counts (README, 3.3). */
function sortedQueues(vector: Vector, queues: Json | undefined): Json {
  const rank = (ref: string) => {
    const [step, rest] = ref.split('.')
    const [k, rewritten] = rest!.split(':')
    const type = rewritten ?? vector.steps[Number(step)]!.intents![Number(k)]!.type
    return (COMMAND_KINDS as readonly string[]).indexOf(type)
  }
  const entries = Object.entries(isObject(queues) ? queues : {})
  return Object.fromEntries(
    entries.map(([name, refs]) => {
      const sorted = [...(refs as readonly string[])].sort((a, b) => rank(a) - rank(b))
      return [name, sorted] as const
    }),
  )
}

/** Theirs is marked when it is fed back, ours at any time: equity is compared at feedback. */
function fedIn(step: Step): Set<string> {
  const fed = new Set<string>()
  for (const { event } of entriesOf(step)) {
    if (event.type === 'account_feedback') fed.add(event.instrument!)
    else if (event.type === 'market') fed.delete(event.instrument!)
  }
  return fed
}

function accountsOf(fed: ReadonlySet<string>, accounts: { readonly [name: string]: Json }): Json {
  const kept = Object.entries(accounts).map(([name, account]) => {
    const fields = Object.entries(isObject(account) ? account : {})
    const comparable = fields.filter(([field]) => {
      return field === 'equity' ? fed.has(name) : !WITHOUT_COUNTERPART.has(field)
    })
    return [name, Object.fromEntries(comparable)] as const
  })
  return Object.fromEntries(kept)
}

/** Every field given is compared; where `closed`, we may not have names that they do not. */
function compareSection(
  path: string,
  expected: Json,
  found: Json,
  closed: boolean,
  mismatches: Mismatch[],
): void {
  if (!isObject(expected)) return scalar(path, expected, found, mismatches)
  const ours = isObject(found) ? found : {}
  for (const [name, value] of Object.entries(expected)) {
    compareSection(`${path}.${name}`, value, ours[name] ?? null, closed, mismatches)
  }
  // Below the names of instruments and orders, fields that are not given are not compared.
  if (!closed || path.split('.').length > 2) return
  if (path.startsWith('market.') || (path.startsWith('fills.') && path.split('.').length === 2))
    return
  for (const name of Object.keys(ours)) {
    if (!(name in expected)) {
      mismatches.push({ path: `${path}.${name}`, expected: null, found: ours[name]! })
    }
  }
}

function scalar(path: string, expected: Json, found: Json, mismatches: Mismatch[]): void {
  if (!equalJson(expected, found)) mismatches.push({ path, expected, found })
}
