import { type Assign, compileActions } from './assigns.ts'
import { isBelow, type Machine, type Node, type Transition, withAncestors } from './node.ts'

/**
 * One microstep worked out in advance: what taking a transition from one resting state does.
 * Without parallel regions the configuration is the chain from a leaf to the root, so the
 * sets of states to leave and to enter are known when the machine is loaded.
 */
export interface Plan {
  /** Assigns in the order exit, transition, entry. */
  readonly assigns: readonly Assign[]
  /** The leaf it ends in. */
  readonly leaf: Node
  /** The compound state that became done by it, whose `onDone` comes next. */
  readonly done: Node | undefined
  /** Whether XState would see another snapshot: what re-arms `always` transitions. */
  readonly changes: boolean
}

/** Works out the step a machine takes when it starts. */
export function planStart(machine: Machine, reuse: boolean): Plan {
  const entered = descend(machine.root)
  return finish(machine, reuse, { from: undefined, before: [], entered, passed: new Set() })
}

/** Works out the step `transition` takes from the resting state `from`. */
export function planTransition(
  machine: Machine,
  from: Node,
  transition: Transition,
  reuse: boolean,
): Plan {
  const run = (node: Node, actions: readonly unknown[]): Assign[] =>
    compileActions(machine, node, actions, reuse)
  const own = run(transition.source, transition.actions)
  const target = transition.target?.[0]
  if (target === undefined) {
    return { assigns: own, leaf: from, done: undefined, changes: own.length > 0 }
  }

  const domain = domainOf(transition, target)
  const inside = (node: Node): boolean => domain === undefined || isBelow(node, domain)
  const exited = withAncestors(from).filter(inside)
  const exits = exited.flatMap((node) => run(node, node.exit))

  const { source, reenter } = transition
  const staysPut = target === source && source === domain && !reenter
  const above = withAncestors(target).slice(1).filter(inside).reverse()
  const [, ...below] = descend(target)
  const entered = staysPut ? below : [...above, target, ...below]
  const passed = new Set(above)
  return finish(machine, reuse, { from, before: [...exits, ...own], entered, passed })
}

interface Course {
  readonly from: Node | undefined
  readonly before: readonly Assign[]
  readonly entered: readonly Node[]
  /** Entered on the way to the target: their own initial actions do not run. */
  readonly passed: ReadonlySet<Node>
}

function finish(machine: Machine, reuse: boolean, course: Course): Plan {
  const { from, before, entered, passed } = course
  const run = (node: Node, actions: readonly unknown[]): Assign[] =>
    compileActions(machine, node, actions, reuse)
  const leaf = entered.at(-1) ?? from ?? machine.root
  const entries = entered.flatMap((node) => [
    ...run(node, node.entry),
    ...(passed.has(node) ? [] : run(node, node.initial.actions)),
  ])
  const finished = isFinish(leaf)
  // A machine that ends leaves all its states; its exit actions still count.
  const farewell = finished ? withAncestors(leaf).flatMap((node) => run(node, node.exit)) : []
  const assigns = [...before, ...entries, ...farewell]
  return {
    assigns,
    leaf,
    done: leaf.type === 'final' && !finished && entered.includes(leaf) ? leaf.parent : undefined,
    changes: assigns.length > 0 || leaf !== from || finished,
  }
}

/** Is true for a leaf that ends the whole machine. */
export function isFinish(leaf: Node): boolean {
  return leaf.type === 'final' && leaf.parent !== undefined && leaf.parent.parent === undefined
}

// The state that contains the whole transition and is itself neither left nor entered;
// undefined when even the root is.
function domainOf({ source, reenter }: Transition, target: Node): Node | undefined {
  if (!reenter && (target === source || isBelow(target, source))) return source
  const common = withAncestors(target)
    .slice(1)
    .find((node) => isBelow(source, node))
  if (common !== undefined) return common
  return reenter ? undefined : withAncestors(source).at(-1)
}

function descend(node: Node): Node[] {
  const chain = [node]
  for (let at = node; at.type === 'compound'; ) {
    const child = at.initial.target[0]
    if (child === undefined) break
    chain.push(child)
    at = child
  }
  return chain
}
