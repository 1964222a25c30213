import { NANOS_PER_MICRO, NANOS_PER_MILLI, NANOS_PER_SECOND, type Nanos } from '@escapement/core'
import type { TopologyDescription, WireDescription } from './topology-description.ts'

/**
 * A topology as the text of a Mermaid flowchart: one box an actor (name, kind), one arrow a wire
 * (out-port, in-port, latency). Node ids are positions, so any name can be drawn.
 */
export function drawTopology({ actors, wires }: TopologyDescription): string {
  const ids = new Map(actors.map(({ name }, index) => [name, `a${index}`]))
  const boxes = actors.map(({ name, kind }) => {
    const label = name === kind ? quoted(name) : `${quoted(name)}<br/><i>${quoted(kind)}</i>`
    return `  ${ids.get(name)}["${label}"]`
  })
  const arrows = wires.map(
    (wire) => `  ${ids.get(wire.from.actor)} -->|"${labelOf(wire)}"| ${ids.get(wire.to.actor)}`,
  )
  return ['flowchart LR', ...boxes, ...arrows, ''].join('\n')
}

function labelOf({ from, to, latency }: WireDescription): string {
  const ports = from.port === to.port ? from.port : `${from.port} → ${to.port}`
  return quoted(latency === 0 ? ports : `${ports}, ${span(latency)}`)
}

/** A span in the largest unit that needs no more than the digits it has. */
function span(time: Nanos): string {
  if (time >= NANOS_PER_SECOND) return `${time / NANOS_PER_SECOND} s`
  if (time >= NANOS_PER_MILLI) return `${time / NANOS_PER_MILLI} ms`
  if (time >= NANOS_PER_MICRO) return `${time / NANOS_PER_MICRO} µs`
  return `${time} ns`
}

/** Mermaid reads quotes, brackets and semicolons inside labels as entities only. */
function quoted(text: string): string {
  return text.replace(/["<>#;[\]|{}]/g, (char) => `#${char.charCodeAt(0)};`)
}
