import type { AnyStateMachine } from 'xstate'
import {
  isBelow,
  type Machine,
  type Node,
  type Transition,
  withDescendants,
} from './compiler/node.ts'
import { eventLabel, guardLabel, landing } from './labels.ts'

/**
 * Draws a machine as Mermaid `stateDiagram-v2` text, whether or not it can be compiled.
 * Arrows between the same two states share one line. What the whole machine answers without
 * leaving its state is left to the table: an arrow on every state would hide the others.
 */
export function toMermaid(machine: AnyStateMachine): string {
  const { root } = machine as unknown as Machine
  const arrows = [...arrowsOf(root)].map(([ends, labels]) => `  ${ends}: ${labels.join(', ')}`)
  return ['stateDiagram-v2', ...statesOf(root, '  '), ...arrows].join('\n')
}

function statesOf(parent: Node, indent: string): string[] {
  const children = Object.values(parent.states)
  const lines: string[] = []
  if (parent.type === 'compound') {
    const initial = parent.initial.target[0]
    if (initial !== undefined) lines.push(`${indent}[*] --> ${idOf(initial)}`)
  }
  children.forEach((child, index) => {
    if (index > 0 && parent.type === 'parallel') lines.push(`${indent}--`)
    lines.push(...stateLines(child, indent))
  })
  if (answersInside(parent)) {
    const name = parent.parent === undefined ? 'any state' : `any of ${parent.key}`
    lines.push(`${indent}state "${name}" as ${anyIdOf(parent)}`)
  }
  const isEnd = (node: Node): boolean => node.type === 'final' || node.tags.includes('terminal')
  return lines.concat(children.filter(isEnd).map((node) => `${indent}${idOf(node)} --> [*]`))
}

function stateLines(node: Node, indent: string): string[] {
  const title = node.type === 'history' ? `history of ${node.parent?.key ?? ''}` : node.key
  const head = `${indent}state "${title}" as ${idOf(node)}`
  if (Object.keys(node.states).length === 0) return [head]
  return [`${head} {`, ...statesOf(node, `${indent}  `), `${indent}}`]
}

function arrowsOf(root: Node): Map<string, string[]> {
  const arrows = new Map<string, string[]>()
  for (const node of withDescendants(root)) {
    const all = [...node.transitions.values(), node.always ?? []].flat()
    for (const transition of all) {
      const target = transition.target?.[0]
      if (target === undefined && node.parent === undefined) continue
      const ends = endsOf(node, target ?? node)
      const label = [eventLabel(transition.eventType), guardLabel(transition.guard)]
      const known = arrows.get(ends) ?? []
      arrows.set(ends, [...known, label.filter((part) => part !== '').join(' ')])
    }
  }
  return arrows
}

// Mermaid cannot draw an arrow between a composite and something inside it: from outside in
// it starts at a stand-in, from inside out it ends where the machine would come to rest.
function endsOf(source: Node, target: Node): string {
  const from = isBelow(target, source) ? anyIdOf(source) : idOf(source)
  const to = isBelow(source, target) ? idOf(landing(target)) : idOf(target)
  return `${from} --> ${to}`
}

function answersInside(node: Node): boolean {
  const leadsInside = ({ target }: Transition): boolean =>
    target?.some((each) => isBelow(each, node)) ?? false
  return [...node.transitions.values(), node.always ?? []].flat().some(leadsInside)
}

function idOf(node: Node): string {
  return node.path.length === 0 ? 'machine' : node.path.join('__').replaceAll(/\W/g, '_')
}

function anyIdOf(node: Node): string {
  return `any__${idOf(node)}`
}
