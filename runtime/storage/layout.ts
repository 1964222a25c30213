/** Written last: a dataset without it is not there yet. */
export const MANIFEST = 'manifest.json'
/** Written first in a canonical version: whoever wrote it owns the number. */
export const PROMOTION = 'promotion.json'

const VERSION = /^v[1-9][0-9]{0,8}$/

/** Whether the object tells what there is, in place of being it. */
export const isRecord = (key: string): boolean => {
  const name = key.slice(key.lastIndexOf('/') + 1)
  return key.includes('/') && (name === MANIFEST || name === PROMOTION)
}

/**
 * The version that a canonical key `{dataset}/v{n}/{file}` belongs to, or null. The first name that
 * looks like a version is it: a dataset's own names may not.
 */
export function versionOf(
  key: string,
): { readonly dataset: string; readonly version: number; readonly folder: string } | null {
  const names = key.split('/')
  const at = names.findIndex((name) => VERSION.test(name))
  if (at < 1 || at === names.length - 1) return null
  return {
    dataset: names.slice(0, at).join('/'),
    version: Number(names[at]!.slice(1)),
    folder: names.slice(0, at + 1).join('/'),
  }
}
