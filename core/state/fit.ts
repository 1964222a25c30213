import type { ConfigurationChanges, CoreConfiguration } from '../configuration.ts'
import { CodedError } from '../errors.ts'
import type { RateClass, RateGroups } from '../rules/rate-rules.ts'
import type { ControlState } from './control-state.ts'
import type { ExecutionState } from './execution-state.ts'

/** What does not fit a Configuration. */
export type Misfit = { readonly field: string; readonly found: string; readonly needed: string }

/**
 * Who has limits or a rate of his own is fixed by the Configuration: portfolios, lanes and levels
 * are laid out for it. A change that would alter it does not fit.
 */
export function misfitOfChanges(
  { namespaces, instruments, ownRisk, ownRates }: CoreConfiguration,
  changes: ConfigurationChanges,
): Misfit | null {
  return (
    misfitOfList('changes.ownRisk', changes.ownRisk, ownRisk ?? namespaces.map(() => null)) ??
    misfitOfList('changes.ownRates', changes.ownRates, ownRates ?? instruments.map(() => null))
  )
}

function misfitOfList(
  field: string,
  changed: readonly (object | null)[] | undefined,
  fixed: readonly (object | null)[],
): Misfit | null {
  if (changed === undefined) return null
  if (changed.length !== fixed.length) {
    return { field, found: `a list of ${changed.length}`, needed: `a list of ${fixed.length}` }
  }
  const at = fixed.findIndex((own, i) => (own === null) !== (changed[i] === null))
  if (at < 0) return null
  const found = changed[at] === null ? 'null' : 'limits'
  const needed = fixed[at] === null ? 'null, as in the Configuration' : 'limits, which may be empty'
  return { field: `${field}[${at}]`, found, needed }
}

/**
 * Holds lists of own limits against what they are for, before anything is laid out by them.
 * @throws ESC_CONFIG_INVALID naming the list, its length and the one needed
 */
export function expectWhole({
  namespaces,
  instruments,
  ownRisk,
  ownRates,
}: CoreConfiguration): void {
  const lists = [
    ['ownRisk', ownRisk, namespaces, 'namespace'],
    ['ownRates', ownRates, instruments, 'instrument'],
  ] as const
  for (const [field, list, owners, owner] of lists) {
    if (list === undefined || list.length === owners.length) continue
    throw new CodedError('ESC_CONFIG_INVALID', {
      field,
      found: `a list of ${list.length}`,
      needed: `one entry for each ${owner}, ${owners.length} in all`,
    })
  }
}

/** The parts of a State that are laid out by its Configuration, and what lays them out. */
type LaidOut = {
  readonly configuration: CoreConfiguration
  readonly control: ControlState
  readonly execution: ExecutionState
  readonly rates: RateGroups
}

/**
 * Holds a State made of bytes against its Configuration.
 * @throws ESC_STATE_RESTORE naming what the bytes hold for another Configuration
 */
export function expectFit(state: LaidOut): void {
  const { configuration, control, execution, rates } = state
  const strategies = configuration.namespaces.length
  const instruments = configuration.instruments.length
  expectSame('strategies', control.strategies.length, strategies)
  expectSame('feeds', control.feeds.length, instruments)
  expectSame('accounts', execution.accounts.length, instruments)
  expectSame('own portfolios', execution.own.length, strategies)
  for (const [i, { accounts }] of execution.own.entries()) {
    expectSame(`accounts of own portfolio ${i}`, accounts.length, instruments)
  }
  expectSame('rates', execution.work.rates.length, rates.rules.length)
  for (let group = 0; group < rates.rules.length; group++) {
    expectLevel(state, group, 'orders')
    expectLevel(state, group, 'cancels')
  }
}

function expectLevel({ execution, rates }: LaidOut, group: number, rateClass: RateClass): void {
  const level = execution.work.rates[group]![rateClass]
  const rule = rates.rules[group]![rateClass]
  const field = `rates[${group}].${rateClass}`
  if (level === null || rule === null) {
    const show = (part: object | null): string => (part === null ? 'no limit' : 'a limit')
    return expectSame(field, show(level), show(rule))
  }
  if (level.tokens <= rule.capacity) return
  throw misfit({ field, found: `${level.tokens} tokens`, needed: `at most ${rule.capacity}` })
}

/** @throws ESC_STATE_RESTORE when they differ */
export function expectSame(field: string, found: number | string, needed: number | string): void {
  if (found !== needed) throw misfit({ field, found: String(found), needed: String(needed) })
}

export const misfit = (facts: Misfit): CodedError => new CodedError('ESC_STATE_RESTORE', facts)
