import { at, picture, text } from '../runtime/cli/draw-svg.ts'
import type { TopologyDescription } from '../runtime/topology-description.ts'

/**
 * The picture of a session's topology. Boxes and arrows come from the topology's own description;
 * only where they lie is said in this file, and an actor or a wire without a place is refused.
 */
type Box = {
  readonly x: number
  readonly y: number
  readonly w: number
  readonly h: number
  readonly style: string
  readonly says: string
}

const BOXES: Readonly<Record<string, Box>> = {
  scheduler: { x: 40, y: 70, w: 170, h: 66, style: '', says: 'time is a message' },
  clock: { x: 40, y: 176, w: 170, h: 66, style: '', says: 'start and end' },
  feed: { x: 40, y: 282, w: 170, h: 86, style: 'world', says: 'both views of the rows' },
  core: { x: 400, y: 70, w: 190, h: 298, style: 'core', says: 'one Event, one step' },
  queue: { x: 760, y: 70, w: 170, h: 66, style: 'core', says: 'admits' },
  gate: { x: 760, y: 176, w: 170, h: 66, style: 'core', says: 'selects what leaves' },
  recorder: { x: 760, y: 268, w: 170, h: 50, style: '', says: 'observes' },
  monitor: { x: 760, y: 332, w: 170, h: 50, style: '', says: 'observes' },
  venue: { x: 400, y: 450, w: 190, h: 66, style: 'world', says: 'fill simulator' },
  feedback: { x: 760, y: 450, w: 170, h: 66, style: '', says: 'records become Events' },
}

type Point = readonly [x: number, y: number]
type Route = { readonly line: readonly Point[]; readonly label: Point; readonly style?: string }

const ROUTES: Readonly<Record<string, Route>> = {
  'scheduler.event > core.control': straight(210, 400, 92),
  'core.obligation > scheduler.obligation': straight(400, 210, 122),
  'clock.event > core.event': straight(210, 400, 209),
  'feed.snapshot > core.event': straight(210, 400, 306),
  'feed.local > core.market': straight(210, 400, 344),
  'feed.ended > clock.drain': {
    line: [
      [125, 282],
      [125, 242],
    ],
    label: [176, 266],
  },
  'feed.exchange > venue.market': {
    line: [
      [125, 368],
      [125, 483],
      [400, 483],
    ],
    label: [262, 477],
  },
  'core.step > queue.step': { ...straight(590, 760, 103), style: 'baton' },
  'queue.step > gate.step': {
    line: [
      [845, 136],
      [845, 176],
    ],
    label: [866, 160],
    style: 'baton',
  },
  'gate.step > core.step': { ...straight(760, 590, 209), style: 'baton' },
  'core.summary > recorder.summary': straight(590, 760, 293),
  'core.summary > monitor.summary': straight(590, 760, 357),
  'core.request > venue.request': {
    line: [
      [450, 368],
      [450, 450],
    ],
    label: [420, 413],
  },
  'venue.records > feedback.records': straight(590, 760, 500),
  'core.request > feedback.request': {
    line: [
      [500, 368],
      [500, 432],
      [800, 432],
      [800, 450],
    ],
    label: [690, 426],
  },
  'feedback.event > core.event': {
    line: [
      [890, 450],
      [890, 404],
      [540, 404],
      [540, 368],
    ],
    label: [690, 398],
  },
}

function straight(from: number, to: number, y: number): Route {
  return {
    line: [
      [from, y],
      [to, y],
    ],
    label: [(from + to) / 2, y - 6],
  }
}

/** @throws Error when the topology and the places of this file do not name the same things */
export function drawTopologyPicture({ actors, wires }: TopologyDescription): string {
  const named = wires.map(({ from, to }) => `${from.actor}.${from.port} > ${to.actor}.${to.port}`)
  mustAgree(
    'actor',
    actors.map(({ name }) => name),
    Object.keys(BOXES),
  )
  mustAgree('wire', named, Object.keys(ROUTES))
  const arrows = wires.map(({ from, to }, i) => {
    const ports = from.port === to.port ? from.port : `${from.port} → ${to.port}`
    return arrow(ROUTES[named[i]!]!, ports)
  })
  const boxes = actors.map(({ name }) => box(name, BOXES[name]!))
  const count = `${actors.length} actors, ${wires.length} wires`
  return picture(970, 560, `The topology of a session: ${count}`, [
    text(24, 36, 'head', `session(environment): ${count}`),
    text(760, 36, 'note', 'red: the step as a baton'),
    ...arrows,
    ...boxes,
    text(24, 542, 'note', 'yellow: the environment, all that differs between kinds of session'),
    text(590, 542, 'note', 'blue: Event in, decisions out; the stages of the Core'),
  ])
}

function mustAgree(what: string, found: readonly string[], placed: readonly string[]): void {
  const homeless = found.filter((name) => !placed.includes(name))
  const gone = placed.filter((name) => !found.includes(name))
  if (homeless.length + gone.length === 0) return
  throw new Error(`no place for ${what} ${homeless.join(', ')}; no ${what} ${gone.join(', ')}`)
}

function box(name: string, { x, y, w, h, style, says }: Box): string {
  const middle = y + h / 2
  return [
    `<rect class="box ${style}" x="${x}" y="${y}" width="${w}" height="${h}" rx="6"/>`,
    text(x + w / 2, middle - 3, 'name', name),
    text(x + w / 2, middle + 16, 'kind', says),
  ].join('')
}

const TIP = 9

/** The line ends where the tip begins, so that the tip is sharp. */
function arrow({ line, label, style = '' }: Route, ports: string): string {
  const [x, y] = line.at(-1)!
  const [fromX, fromY] = line.at(-2)!
  const length = Math.hypot(x - fromX, y - fromY)
  const [dx, dy] = [(x - fromX) / length, (y - fromY) / length]
  const [baseX, baseY] = [x - dx * TIP, y - dy * TIP]
  const points = [...line.slice(0, -1), [baseX, baseY]].map(([px, py]) => `${px},${py}`).join(' ')
  const half = TIP / 2
  const tip = [
    `${at(x)},${at(y)}`,
    `${at(baseX - dy * half)},${at(baseY + dx * half)}`,
    `${at(baseX + dy * half)},${at(baseY - dx * half)}`,
  ].join(' ')
  return [
    `<polyline class="arrow ${style}" points="${points}"/>`,
    `<polygon class="tip ${style}" points="${tip}"/>`,
    text(label[0], label[1], 'wire', ports),
  ].join('')
}
