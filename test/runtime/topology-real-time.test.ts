import { millis } from '@escapement/core'
import { expect, test } from 'vitest'
import { actor } from '../../actors/actor.ts'
import { runInRealTime } from '../../runtime/real-time.ts'
import { startTopology } from '../../runtime/run-topology.ts'
import { topology } from '../../runtime/topology.ts'
import { wire } from '../../runtime/wire.ts'

/** The same topology on a real clock, with delays of a few milliseconds. */
type EchoPorts = { in: { ask: string; later: string }; out: { answer: string } }
const echo = actor<EchoPorts>()(
  'echo',
  { in: { ask: 2, later: 3 }, out: ['answer'], optional: ['later'] },
  (context) => ({
    ask: (text) => {
      if (text === 'fail') throw new Error('asked to fail')
      context.schedule(context.now + millis(4), 'later', text)
    },
    later: (text) => context.emit('answer', text),
  }),
)
type SinkPorts = { in: { text: string }; out: { ask: string } }
const sink = (log: [number, string][]) =>
  actor<SinkPorts>()('sink', { in: { text: 6 }, out: ['ask'] }, (context) => {
    context.emit('ask', 'first')
    return { text: (text) => void log.push([context.now, text]) }
  })
const start = (log: [number, string][]) =>
  startTopology(
    topology('echo', {
      actors: { echo, sink: sink(log) },
      wires: ({ echo, sink }) => [
        wire(echo.out.answer, sink.in.text, millis(2)),
        wire(sink.out.ask, echo.in.ask),
      ],
    }),
  )
const sleep = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms))

test('virtual and real time give the same messages at the same times', async () => {
  const [virtual, real]: [number, string][][] = [[], []]
  start(virtual!).run()
  const system = start(real!)
  const startedMs = performance.now()
  const running = runInRealTime(system.mailbox)
  while (real!.length === 0) await sleep(1)
  expect(performance.now() - startedMs).toBeGreaterThanOrEqual(6)
  expect(real).toEqual(virtual)
  running.stop()
  await running.done
})

test('a message from outside is stamped by the clock and wakes an idle system', async () => {
  const log: [number, string][] = []
  const system = start(log)
  const running = runInRealTime(system.mailbox)
  while (log.length === 0) await sleep(1)
  await sleep(5)
  const askedAt = system.mailbox.present
  system.input('echo', 'ask').next('second')
  while (log.length === 1) await sleep(1)
  expect(askedAt).toBeGreaterThanOrEqual(millis(10))
  expect(log[1]![0]).toBeGreaterThanOrEqual(askedAt + millis(6))
  running.stop()
  await running.done
  system.input('echo', 'ask').next('third')
  await sleep(10)
  expect(log).toHaveLength(2)
  expect(system.mailbox.present).toBe(system.now)
})

test('a failure ends the run and rejects with what stopped the mailbox', async () => {
  const system = start([])
  const running = runInRealTime(system.mailbox)
  system.input('echo', 'ask').next('fail')
  await expect(running.done).rejects.toThrow('asked to fail')

  const broken = start([])
  const watched = runInRealTime(broken.mailbox)
  broken.input('echo', 'ask').error(new Error('the socket broke'))
  await expect(watched.done).rejects.toThrow('the socket broke')
})

test('time between messages does not pass faster than the clock says', async () => {
  let clockMs = 1_000
  const log: [number, string][] = []
  const system = start(log)
  const running = runInRealTime(system.mailbox, { clockMs: () => clockMs })
  await sleep(15)
  expect([log, system.now]).toEqual([[], 0])
  clockMs += 6
  while (log.length === 0) await sleep(1)
  expect(log).toEqual([[millis(6), 'first']])
  running.stop()
  await running.done
})
