import { micros, millis, seconds } from '@escapement/core'
import { expect, test } from 'vitest'
import { drawTopology } from '../../runtime/draw.ts'

/** The drawing of a topology: one box an actor, one arrow a wire. */
const box = (name: string, kind: string) => ({
  name,
  kind,
  identity: '',
  in: [],
  out: [],
  optional: [],
})
const arrow = (from: string, to: string, latency = 0) => {
  const [[a = '', p = ''], [b = '', q = '']] = [from.split('.'), to.split('.')]
  return { from: { actor: a, port: p }, to: { actor: b, port: q }, latency, priority: 2 }
}

test('boxes name actor and kind, arrows name ports and latency', () => {
  const drawing = drawTopology({
    name: 'mm',
    actors: [box('feed', 'feed'), box('core', 'trading core')],
    wires: [
      arrow('feed.market', 'core.event'),
      arrow('feed.market', 'core.market', micros(150)),
      arrow('core.intent', 'feed.intent', millis(1.5)),
      arrow('core.a', 'feed.a', seconds(2)),
      arrow('core.b', 'feed.b', 999),
    ],
  })
  expect(drawing).toBe(
    [
      'flowchart LR',
      '  a0["feed"]',
      '  a1["core<br/><i>trading core</i>"]',
      '  a0 -->|"market → event"| a1',
      '  a0 -->|"market, 150 µs"| a1',
      '  a1 -->|"intent, 1.5 ms"| a0',
      '  a1 -->|"a, 2 s"| a0',
      '  a1 -->|"b, 999 ns"| a0',
      '',
    ].join('\n'),
  )
})

test('names that Mermaid would read as syntax are drawn as they are', () => {
  const drawing = drawTopology({ name: 'odd', actors: [box('a"]; b', 'a"]; b')], wires: [] })
  expect(drawing).toContain('  a0["a#34;#93;#59; b"]\n')
})
