import type { CoreEvent } from '@escapement/core'

/** An Event as one line of text: its type and its fields, market rows as a range. */
export function describeEvent(event: CoreEvent): string {
  const { type, ...fields } = event
  return `${type} ${describeFields(fields)}`
}

/** The fields of a plain object as JSON; columns are left out. */
export const describeFields = (fields: object): string =>
  JSON.stringify(fields, (name, value: unknown) => {
    if (name === 'view') return undefined
    return typeof value === 'bigint' ? String(value) : value
  })
