import { expect, test } from 'vitest'
import { actor } from '../../actors/actor.ts'
import { probe } from '../kit/probe.ts'

/** The probe: one actor alone, its emissions logged. */
type DoublePorts = { in: { n: number; late: number }; out: { twice: number; odd: string } }
const double = actor<DoublePorts>()(
  'double',
  { in: { n: 2, late: 3 }, out: ['twice', 'odd'] },
  (context) => ({
    n: (n) => {
      context.emit('twice', 2 * n)
      if (n % 2 === 1) context.emit('odd', `${n}`)
      context.schedule(context.now + 10, 'late', n)
    },
    late: (n) => context.emit('odd', `late ${n}`),
  }),
)

test('a probe logs when, by which port and what, in order of emission', () => {
  const subject = probe(double).send(5, 'n', 2).send(0, 'n', 1)
  expect(subject.run(9)).toEqual([
    [0, 'twice', 2],
    [0, 'odd', '1'],
    [5, 'twice', 4],
  ])
  subject.send(9, 'n', 3)
  expect(subject.run().slice(3)).toEqual([
    [9, 'twice', 6],
    [9, 'odd', '3'],
    [10, 'odd', 'late 1'],
    [15, 'odd', 'late 2'],
    [19, 'odd', 'late 3'],
  ])
  expect([subject.log.length, subject.now]).toEqual([8, 19])
})

test('what a probe is sent is typed', () => {
  // @ts-expect-error the messages of this port are numbers
  probe(double).send(0, 'n', 'one')
})
