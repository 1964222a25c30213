import { CompileError } from './compile-error.ts'
import { type Machine, type Node, nameOf, type Transition, withDescendants } from './node.ts'

/**
 * Refuses, by name and place, every structural feature a table cannot hold. Guards and
 * actions are refused where they are compiled, because only there is a name resolved.
 *
 * @throws ESC_COMPILE_UNSUPPORTED for the first such feature in document order.
 */
export function refuseUnsupported(machine: Machine): void {
  for (const node of withDescendants(machine.root)) {
    const feature = featureOf(node)
    if (feature !== undefined) throw new CompileError(machine.id, nameOf(node), feature)
  }
}

function featureOf(node: Node): string | undefined {
  if (node.type === 'parallel') return 'parallel'
  if (node.type === 'history') return 'history'
  if (node.config.after !== undefined) return 'after'
  if (node.config.invoke !== undefined) return 'invoke'
  if (node.config.route !== undefined) return 'route'
  if (node.config.output !== undefined) return 'output'
  if (node.type === 'final' && node.parent === undefined) return 'final root'
  if (node.path.at(-1)?.includes('.')) return 'a dot in the name of the state'
  // XState lets a machine without parallel regions name several targets and ends up in a
  // configuration that none of its own functions can describe.
  const all = [...node.transitions.values(), node.always ?? []].flat()
  return all.some((each: Transition) => (each.target?.length ?? 0) > 1)
    ? 'several targets'
    : undefined
}
