import type { AnyStateMachine } from 'xstate'
import {
  candidatesOf,
  leavesOf,
  type Machine,
  type Node,
  nameOf,
  signalsOf,
  withAncestors,
} from './compiler/node.ts'
import { isFinish } from './compiler/plan.ts'
import { guardLabel, landing } from './labels.ts'
import { toMermaid } from './mermaid.ts'

/** What the transition table prints for a signal that a state does not handle. */
const illegalMark = '·'

/**
 * Writes the Markdown page of a machine: its question, diagram, states and transition table.
 *
 * @param note - a line below the question, such as where the page comes from.
 */
export function describeMachine(machine: AnyStateMachine, note = ''): string {
  const { root } = machine as unknown as Machine
  return [
    `# ${machine.id}`,
    root.description ?? '',
    note,
    `\`\`\`mermaid\n${toMermaid(machine)}\n\`\`\``,
    '## States',
    toStateList(machine),
    '## Transitions',
    `A row is the state before, a column the signal, a cell the state after; \`${illegalMark}\` is ILLEGAL.`,
    toTransitionTable(machine),
  ]
    .filter((part) => part !== '')
    .join('\n\n')
    .concat('\n')
}

/** Writes the states of a machine with their descriptions as a Markdown table. */
export function toStateList(machine: AnyStateMachine): string {
  const { root } = machine as unknown as Machine
  const rows = leavesOf(root).map((leaf) => {
    const tags = [...new Set(withAncestors(leaf).flatMap((node) => node.tags))]
    const marks = leaf.type === 'final' ? ['final', ...tags] : tags
    return [nameOf(leaf), meaningOf(leaf), marks.join(', ')]
  })
  return toTable(['state', 'meaning', 'tags'], rows)
}

/**
 * Writes the transition table of a machine in Markdown. A cell behind guards lists its
 * outcomes in the order they are tried; a signal that changes nothing names the row's state.
 */
export function toTransitionTable(machine: AnyStateMachine): string {
  const { root } = machine as unknown as Machine
  const signals = signalsOf(root)
  const rows = leavesOf(root).map((leaf) => [
    nameOf(leaf),
    ...signals.map((signal) => cellOf(leaf, signal)),
  ])
  return toTable(['', ...signals], rows)
}

function cellOf(leaf: Node, signal: string): string {
  if (isFinish(leaf)) return illegalMark
  const outcomes: string[] = []
  for (const transition of withAncestors(leaf).flatMap((node) => candidatesOf(node, signal))) {
    const target = transition.target?.[0]
    const after = nameOf(target === undefined || target === leaf ? leaf : landing(target))
    outcomes.push([guardLabel(transition.guard), after].filter((part) => part !== '').join(' '))
    if (transition.guard === undefined) break
  }
  return outcomes.length === 0 ? illegalMark : outcomes.join(', ')
}

function meaningOf(leaf: Node): string {
  return withAncestors(leaf).find((node) => node.description !== undefined)?.description ?? ''
}

function toTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n')
}
