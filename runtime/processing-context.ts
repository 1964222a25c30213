import { CodedError, freezeDeep } from '@escapement/core'
import { CAPABILITIES, type Capability } from '../actors/capability.ts'
import type { UntypedActor } from './topology-description.ts'

/** Which of several Events due at the same time the Core sees first; Configuration. */
export type EventOrder = 'executionFirst' | 'marketFirst'

/**
 * What a session was called with: the Runtime's own, the same from start to end, deeply frozen.
 *
 * It holds names and words and nothing else: no history, no handle, nothing that could be asked
 * or changed. It shapes the topology and goes no further: no Event, no State and no result of the
 * Core refers to it, so the Core cannot depend on it. Order within the Event Stream is the
 * position alone; the merge policy only says how the Runtime comes to it.
 */
export type ProcessingContext = {
  /** The Configuration that the Core was made with, by name. */
  readonly configuration: { readonly version: string; readonly fingerprint: string }
  /** What the environment offers, in the order of {@link CAPABILITIES}. */
  readonly capabilities: readonly Capability[]
  readonly mergePolicy: EventOrder
}

/**
 * Makes a context of its own, whatever becomes of the parts.
 * @throws ESC_TOPOLOGY when a capability or the merge policy is none
 */
export function processingContext(parts: ProcessingContext): ProcessingContext {
  const { configuration, capabilities, mergePolicy } = parts
  const { version, fingerprint } = configuration
  for (const name of capabilities) {
    if (!CAPABILITIES.includes(name)) throw refuse('capabilities', name, CAPABILITIES)
  }
  if (!POLICIES.includes(mergePolicy)) throw refuse('mergePolicy', mergePolicy, POLICIES)
  return freezeDeep({
    configuration: { version, fingerprint },
    capabilities: CAPABILITIES.filter((name) => capabilities.includes(name)),
    mergePolicy,
  })
}

const POLICIES: readonly EventOrder[] = ['executionFirst', 'marketFirst']

/**
 * Checks that the environment offers what the actors ask for.
 * @throws ESC_TOPOLOGY naming the first actor, and the capability that it would not find
 */
export function checkCapabilities(
  { actors }: { readonly actors: object },
  { capabilities }: ProcessingContext,
): void {
  for (const [name, actor] of Object.entries(actors as Readonly<Record<string, UntypedActor>>)) {
    const lacking = actor.spec.needs?.find((needed) => !capabilities.includes(needed))
    if (lacking === undefined) continue
    throw new CodedError('ESC_TOPOLOGY', {
      field: `${name}, capabilities`,
      found: capabilities.length === 0 ? 'none' : capabilities.join(', '),
      needed: `an environment that offers ${lacking}`,
    })
  }
}

function refuse(field: string, found: unknown, known: readonly string[]): CodedError {
  const needed = `one of: ${known.join(', ')}`
  return new CodedError('ESC_TOPOLOGY', { field: `context.${field}`, found: String(found), needed })
}
