/**
 * The part of XState's state nodes that the compiler and the drawings read. XState publishes
 * these fields but types most of them loosely; this view is the whole of our dependence on
 * its inside, so a new XState version is checked here and by the equivalence tests.
 */
export interface Node {
  readonly key: string
  readonly id: string
  readonly type: 'atomic' | 'compound' | 'parallel' | 'final' | 'history'
  readonly path: readonly string[]
  readonly order: number
  readonly parent: Node | undefined
  readonly states: Readonly<Record<string, Node>>
  readonly entry: readonly unknown[]
  readonly exit: readonly unknown[]
  readonly tags: readonly string[]
  readonly description: string | undefined
  readonly transitions: ReadonlyMap<string, readonly Transition[]>
  readonly always: readonly Transition[] | undefined
  readonly initial: { readonly target: readonly Node[]; readonly actions: readonly unknown[] }
  readonly config: Readonly<Record<string, unknown>>
}

export interface Transition {
  readonly source: Node
  readonly target: readonly Node[] | undefined
  readonly reenter: boolean
  readonly guard: unknown
  readonly actions: readonly unknown[]
  readonly eventType: string
}

export interface Machine {
  readonly id: string
  readonly root: Node
  readonly options: { readonly maxIterations?: number }
  readonly config: Readonly<Record<string, unknown>>
  readonly implementations: {
    readonly guards: Readonly<Record<string, unknown>>
    readonly actions: Readonly<Record<string, unknown>>
  }
}

/** An event as guards and assigns see it. */
export interface Event {
  readonly type: string
}

/** Names a node by its dotted path; the machine itself is `(root)`. */
export function nameOf(node: Node): string {
  return node.path.length === 0 ? '(root)' : node.path.join('.')
}

/** Lists a node and everything below it in document order. */
export function withDescendants(node: Node): Node[] {
  return [node, ...Object.values(node.states).flatMap(withDescendants)]
}

/** Lists a node and its ancestors, innermost first: the order in which XState asks them. */
export function withAncestors(node: Node): Node[] {
  const chain = [node]
  for (let up = node.parent; up !== undefined; up = up.parent) chain.push(up)
  return chain
}

/** Lists the nodes a machine can rest in, in document order. */
export function leavesOf(root: Node): Node[] {
  return withDescendants(root).filter((node) => node.type === 'atomic' || node.type === 'final')
}

/** Is true when `node` lies strictly below `ancestor`. */
export function isBelow(node: Node, ancestor: Node): boolean {
  return node !== ancestor && withAncestors(node).includes(ancestor)
}

/**
 * Lists the transitions of one node for an event in the order XState tries them: the exact
 * name first, then wildcards, the longest first.
 */
export function candidatesOf(node: Node, eventType: string): readonly Transition[] {
  const wildcards = [...node.transitions.keys()]
    .filter((descriptor) => descriptor !== eventType && matches(eventType, descriptor))
    .sort((a, b) => b.length - a.length)
  return [eventType, ...wildcards].flatMap((key) => node.transitions.get(key) ?? [])
}

/** Collects the signals a machine names, inner states first; wildcards and XState's own left out. */
export function signalsOf(node: Node): string[] {
  const below = Object.values(node.states).flatMap(signalsOf)
  const own = [...node.transitions.keys()].filter(
    (name) => !name.includes('*') && !name.startsWith('xstate.'),
  )
  return [...new Set([...below, ...own])]
}

function matches(eventType: string, descriptor: string): boolean {
  if (descriptor === '*') return true
  if (!descriptor.endsWith('.*')) return false
  const prefix = descriptor.slice(0, -2)
  if (prefix.split('.').includes('*')) return false
  return eventType === prefix || eventType.startsWith(`${prefix}.`)
}
