import {
  ByteReader,
  ByteWriter,
  CodedError,
  type CoreConfiguration,
  type Position,
  State,
} from '@escapement/core'

const LAYOUT = 1

/** State after a position, as it was then. */
export type Snapshot = { readonly position: Position; readonly state: State }

/** Layout number, position, fingerprint of the Configuration, then State's own sealed bytes; sealed. */
export function encodeSnapshot(
  { position, state }: Snapshot,
  configFingerprint: string,
): Uint8Array {
  const bytes = state.serialise()
  const writer = new ByteWriter().u8(LAYOUT).f64(position).text(configFingerprint)
  return writer.i32(bytes.length).raw(bytes).seal()
}

/**
 * @throws ESC_STATE_RESTORE when a byte has changed, or the snapshot is one of another Configuration
 * or says another position than its State
 */
export function decodeSnapshot(
  bytes: Uint8Array,
  configuration: CoreConfiguration,
  configFingerprint: string,
): Snapshot {
  const reader = ByteReader.sealed(bytes)
  const layout = reader.u8()
  if (layout !== LAYOUT) throw other('layout', String(layout), String(LAYOUT))
  const position = reader.f64()
  const found = reader.text()
  if (found !== configFingerprint) throw other('configuration', found, configFingerprint)
  const state = State.restore(configuration, reader.raw(reader.i32()))
  reader.end()
  const { nextPosition } = state.control
  if (nextPosition !== position + 1) {
    throw other('position', String(position), String(nextPosition - 1))
  }
  return { position, state }
}

const other = (field: string, found: string, needed: string): CodedError =>
  new CodedError('ESC_STATE_RESTORE', { field, found, needed })
