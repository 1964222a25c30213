import type { Node } from './compiler/node.ts'

/** Words an event type of XState's own: `done`, `after 10`, `always`; other names stay. */
export function eventLabel(eventType: string): string {
  if (eventType === '') return 'always'
  if (eventType.startsWith('xstate.done.state.')) return 'done'
  if (eventType.startsWith('xstate.done.actor.')) return `${eventType.slice(18)} done`
  if (eventType.startsWith('xstate.error.actor.')) return `${eventType.slice(19)} failed`
  if (eventType.startsWith('xstate.after.')) return `after ${eventType.split('.')[2] ?? ''}`
  return eventType
}

/** Words a guard as `[name]`; combinations read `[a and b]`. Empty when there is none. */
export function guardLabel(guard: unknown): string {
  return guard === undefined ? '' : `[${wordsOf(guard)}]`
}

function wordsOf(guard: unknown): string {
  if (typeof guard === 'string') return guard
  if (typeof guard !== 'function') return String((guard as { type?: unknown }).type)
  const { guards } = guard as { guards?: readonly unknown[] }
  if (guards === undefined) return guard.name === '' || guard.name === 'guard' ? 'if' : guard.name
  const words = guards.map(wordsOf)
  return guard.name === 'not' ? `not ${words[0] ?? ''}` : words.join(` ${guard.name} `)
}

/** Finds the leaf a machine comes to rest in when it enters a state by default. */
export function landing(node: Node): Node {
  const child = node.type === 'compound' ? node.initial.target[0] : undefined
  return child === undefined ? node : landing(child)
}
