/** Several strategies of one Core: their order, what keeps them apart, and what is their own. */
import {
  type Decision,
  defineStrategy,
  type Intent,
  instantiate,
  orderKey,
  type StateView,
  type StepResult,
  type StrategyInstance,
  type Trigger,
} from '@escapement/core'
import { describe, expect, test } from 'vitest'
import { Desk, denied } from '../kit/core-desk.ts'
import { cancel, newOrder, puppetOf, replace } from '../kit/core-puppet.ts'

const NAMES = ['a', 'b', 'c', 'd']
const b = (counter: number): number => orderKey(1, counter)
const keys = ({ dispatches }: StepResult): number[] => dispatches.map(({ key }) => key)
const puppets = (parts = {}): Desk =>
  new Desk({ namespaces: ['a', 'b'], ...parts }, [puppetOf(0), puppetOf(1)]).start()
const desk = (...strategies: StrategyInstance[]): Desk =>
  new Desk({ namespaces: NAMES.slice(0, strategies.length) }, strategies)
const memory = (from: Desk, strategy: number) => from.state.control.strategies[strategy]!.memory

/** Remembers what `look` gives at every Event that asks; the last answer is the n-th. */
const looking = (look: (view: StateView, turn: number) => Decision | number, trigger?: Trigger) =>
  instantiate(
    defineStrategy<unknown, readonly number[]>({
      name: 'looking',
      trigger: trigger ?? { events: ['control.checkpoint'] },
      init: () => [],
      decide(view, before) {
        const found = look(view, before.length)
        if (typeof found === 'number') return { memory: [...before, found] }
        return { ...found, memory: [...before, -1] }
      },
    }),
  )
const ask = (from: Desk): StepResult =>
  from.step({ type: 'control.checkpoint', time: from.now, label: '' })

describe('composition', () => {
  test('judges and admits in the order of namespaces, however the Intents were said', () => {
    const made = puppets({ risk: { maxActiveQuotes: 1 } })
    const result = made.say(newOrder(b(1), 1, 900, 1), newOrder(1, 1, 900, 1))
    expect(keys(result)).toEqual([1])
    expect(result.denials).toMatchObject([{ key: b(1), reason: 'MAX_ACTIVE_QUOTES' }])
    const alone = puppets({ risk: { maxActiveQuotes: 1 } })
    expect(keys(alone.say(newOrder(b(1), 1, 900, 1)))).toEqual([b(1)])
    expect(keys(puppets().say(newOrder(b(1), 1, 900, 1), newOrder(1, 1, 900, 1)))).toEqual([
      1,
      b(1),
    ])
  })

  test('asks all on the State of the Event: none sees what another wants in the same step', () => {
    const made = desk(
      looking((_, turn) => ({ intents: turn === 1 ? [newOrder(1, 1, 900, 1)] : [] })),
      looking((view) => Number(view.isBusy(1))),
    ).start()
    ask(made)
    ask(made)
    expect(memory(made, 1)).toEqual([0, 0, 1])
  })
})

/** Every way in which a decision can fail, as a strategy at index 1. */
const FAILURES: readonly (readonly [string, StrategyInstance])[] = [
  ['throws in decide', looking((_, turn) => fail(turn > 0))],
  ['throws in reduce', reducing(() => fail(true))],
  ['throws in its condition', looking(() => 0, { when: (view) => fail(view.position > 0) === 1 })],
  ['places with the key of another', commanding(newOrder(1, 1, 900, 1))],
  ['replaces the order of another', commanding(replace(1, 901, 1))],
  ['cancels the order of another', commanding(cancel(1))],
  ['places with a key that nobody has', commanding(newOrder(orderKey(9, 1), 1, 900, 1))],
]

function fail(now: boolean): number {
  if (now) throw new Error('as the test wants it')
  return 0
}
function commanding(intent: Intent): StrategyInstance {
  return looking((view, turn) => {
    view.random()
    return { intents: turn > 0 ? [newOrder(view.newOrderKey(), 1, 900, 1), intent] : [] }
  })
}
function reducing(reduce: () => unknown): StrategyInstance {
  const { strategy, params } = looking(() => 0)
  const folds = ((before, event) =>
    event.type === 'control.checkpoint' ? reduce() : before) as typeof strategy.reduce
  return { params, strategy: { ...strategy, reduce: folds! } }
}

describe.each(FAILURES)('a strategy that %s', (_, failing) => {
  const placing = () => looking((view) => ({ intents: [newOrder(view.newOrderKey(), 1, 900, 1)] }))
  const made = desk(placing(), failing, placing()).start()
  const before = structuredClone({ ...made.state.control.strategies[1]!, random: null })
  const words = made.state.control.strategies[1]!.random.snapshot()
  const result = ask(made)

  test('fails alone: what the others want leaves and is remembered', () => {
    expect(result.failures).toMatchObject([{ stage: 'strategy', strategy: 1 }])
    expect(keys(result)).toEqual([orderKey(0, 2), orderKey(2, 2)])
    expect([memory(made, 0), memory(made, 2)]).toEqual([
      [-1, -1],
      [-1, -1],
    ])
  })

  test('has wanted nothing: memory, wake-up, keys and chance are as before', () => {
    const { random, ...after } = made.state.control.strategies[1]!
    expect({ ...after, random: null }).toEqual(before)
    expect(random.snapshot()).toEqual(words)
  })
})

describe('keys', () => {
  test('of its own a strategy may command, beside the same order as another one', () => {
    const made = puppets()
    made.working(newOrder(b(1), 1, 900, 2))
    expect(keys(made.say(replace(b(1), 901, 2)))).toEqual([b(1)])
    expect(made.results.flatMap(({ failures }) => failures)).toEqual([])
  })

  test('come from its own namespace and never twice, used or not', () => {
    const taking = looking((view) => view.newOrderKey() + 0 * view.newOrderKey())
    const made = desk(taking, taking).start()
    ask(made)
    ask(made)
    expect(memory(made, 0)).toEqual([1, 3, 5])
    expect(memory(made, 1)).toEqual([b(1), b(3), b(5)])
    expect(made.state.control.strategies[1]).toMatchObject({ handedOut: 6, issued: 0 })
  })

  test('are handed out behind the highest one that was used', () => {
    const made = desk(
      looking((view, turn) => {
        if (turn > 0) return view.newOrderKey()
        return { intents: [newOrder(7, 1, 900, 1)] }
      }),
    ).start()
    ask(made)
    expect(memory(made, 0)).toEqual([-1, 8])
  })
})

describe('chance', () => {
  const drawing = (count: number) =>
    looking((view) => Array.from({ length: count }, () => view.random()).at(-1)!)

  test('is moved neither by what others draw, nor by a strategy added behind', () => {
    const alone = desk(drawing(1)).start()
    const greedy = desk(drawing(1), drawing(5), drawing(1)).start()
    const modest = desk(drawing(1), drawing(2), drawing(1)).start()
    for (const each of [alone, greedy, modest]) for (let i = 0; i < 5; i++) ask(each)
    expect(memory(greedy, 0)).toEqual(memory(alone, 0))
    expect(memory(greedy, 2)).toEqual(memory(modest, 2))
    expect(memory(greedy, 2)).not.toEqual(memory(greedy, 0))
  })
})

test('a denial is the end of one Intent, whoever else has one of the same terms', () => {
  const made = puppets({ ownRisk: [{ maxActiveQuotes: 0 }, null] })
  const result = made.say(newOrder(1, 1, 900, 1), newOrder(b(1), 1, 900, 1))
  expect(denied(result)).toEqual(['MAX_ACTIVE_QUOTES'])
  expect(keys(result)).toEqual([b(1)])
})
