import { CodedError } from '@escapement/core'

/** The event layout, in order: field name and numpy type. 64 bytes a row, little endian. */
const EVENT_FIELDS: readonly (readonly [name: string, type: string])[] = [
  ['ev', '<u8'],
  ['exch_ts', '<i8'],
  ['local_ts', '<i8'],
  ['px', '<f8'],
  ['qty', '<f8'],
  ['order_id', '<u8'],
  ['ival', '<i8'],
  ['fval', '<f8'],
]
export const ROW_BYTES = 64
const MAGIC = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59]
const FIELD = /\(\s*(?:'([^']*)'|"([^"]*)")\s*,\s*(?:'([^']*)'|"([^"]*)")\s*\)/g

export type NpyHeader = { readonly rows: number; readonly dataStart: number }

/** Whether the bytes begin as an .npy file does. */
export function isNpy(bytes: Uint8Array): boolean {
  return MAGIC.every((byte, index) => bytes[index] === byte)
}

/**
 * Reads the header of a one-dimensional array of events: its number of rows and where they start.
 * Fields are positional: another name is accepted (as the format's own reader does), unless it is
 * the name of a different field, which means that columns are swapped.
 * @throws ESC_NPZ_MAGIC, ESC_NPZ_HEADER, ESC_NPZ_DTYPE (naming the field found and needed)
 * @source numpy.lib.format, versions 1.0, 2.0 and 3.0
 */
export function readNpyHeader(bytes: Uint8Array, file?: string): NpyHeader {
  const at = file === undefined ? {} : { file }
  if (!isNpy(bytes)) {
    throw new CodedError('ESC_NPZ_MAGIC', {
      ...at,
      found: `bytes ${Buffer.from(bytes.subarray(0, 6)).toString('hex') || 'none'}`,
      needed: '934e554d5059 ("\\x93NUMPY")',
    })
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const major = bytes[6] ?? 0
  const textStart = major === 1 ? 10 : 12
  const refuse = (found: string, needed: string): CodedError =>
    new CodedError('ESC_NPZ_HEADER', { ...at, found, needed })
  if (major < 1 || major > 3) throw refuse(`version ${major}`, 'version 1, 2 or 3')
  if (bytes.length < textStart) throw refuse('a file that ends in its header', 'a whole header')
  const length = major === 1 ? view.getUint16(8, true) : view.getUint32(8, true)
  const dataStart = textStart + length
  if (bytes.length < dataStart) throw refuse('a file that ends in its header', 'a whole header')
  const text = Buffer.from(bytes.subarray(textStart, dataStart)).toString('utf8')
  const descr = /['"]descr['"]\s*:\s*(\[[^\]]*\]|'[^']*'|"[^"]*")/.exec(text)?.[1]
  const shape = /['"]shape['"]\s*:\s*(\([^)]*\))/.exec(text)?.[1]
  if (descr === undefined || shape === undefined) {
    throw refuse(JSON.stringify(text.slice(0, 80)), "a dictionary with 'descr' and 'shape'")
  }
  checkFields(descr, at)
  const rows = /^\(\s*(\d+)\s*,\s*\)$/.exec(shape)?.[1]
  if (rows === undefined) throw refuse(`shape ${shape}`, 'one dimension')
  return { rows: Number(rows), dataStart }
}

/** Header of version 1.0 for `rows` events, padded so that the rows start at a multiple of 64. */
export function formatNpyHeader(rows: number): Uint8Array {
  const fields = EVENT_FIELDS.map(([name, type]) => `('${name}', '${type}')`).join(', ')
  const text = `{'descr': [${fields}], 'fortran_order': False, 'shape': (${rows},), }`
  const total = Math.ceil((10 + text.length + 1) / 64) * 64
  const bytes = Buffer.alloc(total, ' ')
  bytes.set([...MAGIC, 1, 0])
  bytes.writeUInt16LE(total - 10, 8)
  bytes.write(text, 10, 'latin1')
  bytes.write('\n', total - 1, 'latin1')
  return bytes
}

function checkFields(descr: string, at: { readonly file?: string }): void {
  const fields = [...descr.matchAll(FIELD)].map((match) => ({
    name: match[1] ?? match[2] ?? '',
    type: match[3] ?? match[4] ?? '',
  }))
  if (!descr.startsWith('[')) {
    throw new CodedError('ESC_NPZ_DTYPE', { ...at, found: descr, needed: 'a structured array' })
  }
  const known = new Set(EVENT_FIELDS.map(([name]) => name))
  EVENT_FIELDS.forEach(([name, type], index) => {
    const field = fields[index]
    const same = field?.type === type && (field.name === name || !known.has(field.name))
    if (same) return
    throw new CodedError('ESC_NPZ_DTYPE', {
      ...at,
      field: `field ${index}`,
      found: field === undefined ? 'nothing' : `('${field.name}', '${field.type}')`,
      needed: `('${name}', '${type}')`,
    })
  })
  const extra = fields[EVENT_FIELDS.length]
  if (extra !== undefined) {
    throw new CodedError('ESC_NPZ_DTYPE', {
      ...at,
      field: `field ${EVENT_FIELDS.length}`,
      found: `('${extra.name}', '${extra.type}')`,
      needed: `${EVENT_FIELDS.length} fields`,
    })
  }
}
