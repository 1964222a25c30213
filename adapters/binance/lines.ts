import { CodedError } from '@escapement/core'

/** One line of a raw capture: `<local time, ns> <JSON>`. The object is used again for each line. */
export type CaptureLine = {
  /** From 1. */
  line: number
  /** Local time: whole seconds of the epoch, and ns within the second. */
  seconds: number
  nanos: number
  message: Readonly<Record<string, unknown>>
}

const NEWLINE = 10
const NANO_DIGITS = 9
const LOCAL_TIME = /^\d{10,19}$/

/**
 * Calls `visit` for each line that is not blank, in order. Only one line at a time becomes text.
 * @throws ESC_BINANCE_LINE naming the line that is cut short or is something else.
 */
export function forEachLine(
  text: Uint8Array,
  visit: (line: CaptureLine) => void,
  file?: string,
): void {
  const bytes = Buffer.from(text.buffer, text.byteOffset, text.byteLength)
  const current: CaptureLine = { line: 0, seconds: 0, nanos: 0, message: {} }
  for (let start = 0; start < bytes.length; ) {
    const newline = bytes.indexOf(NEWLINE, start)
    const end = newline < 0 ? bytes.length : newline
    const content = bytes.toString('utf8', start, end)
    current.line++
    start = end + 1
    if (content.trim() === '') continue
    readLine(content, current, newline < 0, file)
    visit(current)
  }
}

function readLine(content: string, into: CaptureLine, last: boolean, file?: string): void {
  const space = content.indexOf(' ')
  const time = content.slice(0, Math.max(space, 0))
  if (!LOCAL_TIME.test(time)) throw lineError(content, into.line, last, file)
  into.seconds = Number(time.slice(0, -NANO_DIGITS))
  into.nanos = Number(time.slice(-NANO_DIGITS))
  let message: unknown
  try {
    message = JSON.parse(content.slice(space + 1))
  } catch (cause) {
    throw lineError(content, into.line, last, file, cause)
  }
  if (!isRecord(message)) throw lineError(content, into.line, last, file)
  into.message = message
}

export const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

function lineError(
  content: string,
  line: number,
  last: boolean,
  file?: string,
  cause?: unknown,
): CodedError {
  const shown = content.length > 60 ? `${content.slice(0, 40)}...${content.slice(-17)}` : content
  return new CodedError(
    'ESC_BINANCE_LINE',
    {
      ...(file === undefined ? {} : { file }),
      line,
      found: JSON.stringify(shown),
      needed: '<local time in ns> <JSON object>',
      ...(last ? { hint: 'the file ends inside this line; remove the line to use the rest' } : {}),
    },
    { cause },
  )
}
