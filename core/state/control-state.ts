import { compile, feedHealth, session, tradingSwitch } from '@escapement/machines'
import type { ByteReader, ByteWriter } from '../codec.ts'
import type { Digest } from '../digest.ts'
import { CodedError } from '../errors.ts'
import { digestPlainData, type PlainData, readPlainData, writePlainData } from '../plain-data.ts'
import { Random } from '../random.ts'
import type { Nanos } from '../units.ts'

/** The compiled machine `trading-switch`, whose codes Control State holds. */
export const tradingChart = compile(tradingSwitch)
/** The compiled machine `session`, whose codes Control State holds. */
export const sessionChart = compile(session)
export const feedChart = compile(feedHealth)

/** "No wake-up asked for." */
export const NEVER: Nanos = Number.POSITIVE_INFINITY

/** Control State of one strategy: what it remembers and when it runs next. */
export type StrategySlot = {
  memory: PlainData
  enabled: boolean
  /** Logical time of the next wake-up, or {@link NEVER}. */
  wakeAt: Nanos
  /** Events seen by an "every n-th" trigger. */
  counter: number
  /** Highest counter of the namespace that an admitted NEW has used. */
  issued: number
  /** Highest counter that `view.newOrderKey()` has handed out, used or not. */
  handedOut: number
  /** The strategy's own generator: what another one draws does not move it. */
  random: Random
}

/** Control State: the logical clock, switches, and the strategies' own state. */
export class ControlState {
  /** Running maximum of Event times: the only "now" of the Core. */
  clock: Nanos = 0
  /** Position that the next Event must have. */
  nextPosition = 0
  trading = tradingChart.initial
  session = sessionChart.initial
  configurationVersion: string
  readonly feeds: number[]
  readonly strategies: readonly StrategySlot[]

  constructor(configurationVersion: string, feeds: number[], strategies: readonly StrategySlot[]) {
    this.configurationVersion = configurationVersion
    this.feeds = feeds
    this.strategies = strategies
  }

  digest(digest: Digest): void {
    digest.int(this.clock).int(this.nextPosition).u32(this.trading).u32(this.session)
    digest.text(this.configurationVersion)
    for (const feed of this.feeds) digest.u32(feed)
    for (const slot of this.strategies) {
      digestPlainData(slot.memory, digest)
      digest.u32(slot.enabled ? 1 : 0).int(slot.wakeAt === NEVER ? -1 : slot.wakeAt)
      digest.int(slot.counter).int(slot.issued).int(slot.handedOut)
      slot.random.digest(digest)
    }
  }

  write(writer: ByteWriter): void {
    writer.f64(this.clock).f64(this.nextPosition).text(tradingChart.states[this.trading]!)
    writer.text(sessionChart.states[this.session]!).text(this.configurationVersion)
    writer.i32(this.feeds.length)
    for (const feed of this.feeds) writer.text(feedChart.states[feed]!)
    writer.i32(this.strategies.length)
    for (const slot of this.strategies) {
      writePlainData(slot.memory, writer)
      writer
        .u8(slot.enabled ? 1 : 0)
        .f64(slot.wakeAt)
        .f64(slot.counter)
        .f64(slot.issued)
        .f64(slot.handedOut)
      for (const word of slot.random.snapshot()) writer.f64(word)
    }
  }

  static read(reader: ByteReader): ControlState {
    const clock = reader.f64()
    const nextPosition = reader.f64()
    const trading = stateCode(tradingChart.states, reader.text())
    const session = stateCode(sessionChart.states, reader.text())
    const version = reader.text()
    const feeds = Array.from({ length: reader.i32() }, () =>
      stateCode(feedChart.states, reader.text()),
    )
    const strategies = Array.from({ length: reader.i32() }, () => readSlot(reader))
    const control = new ControlState(version, feeds, strategies)
    control.clock = clock
    control.nextPosition = nextPosition
    control.trading = trading
    control.session = session
    return control
  }
}

function readSlot(reader: ByteReader): StrategySlot {
  return {
    memory: readPlainData(reader),
    enabled: reader.u8() === 1,
    wakeAt: reader.f64(),
    counter: reader.f64(),
    issued: reader.f64(),
    handedOut: reader.f64(),
    random: Random.restore(Array.from({ length: 4 }, () => reader.f64())),
  }
}

function stateCode(states: readonly string[], name: string): number {
  const code = states.indexOf(name)
  if (code < 0) throw new CodedError('ESC_STATE_RESTORE', { field: 'mode', found: name })
  return code
}
