/** The end of a path through plain values. */
export type Scalar = string | number | boolean | null

/** A field in which two values differ; a side that does not have it has no value. */
export type FieldDifference = { readonly field: string; readonly a?: Scalar; readonly b?: Scalar }

/** In which fields two plain values differ, each by its path, in the order of `a`, then of `b`. */
export function fieldDifferences(a: unknown, b: unknown): readonly FieldDifference[] {
  const [left, right] = [fieldsOf(a), fieldsOf(b)]
  return [...new Set([...left.keys(), ...right.keys()])]
    .filter((field) => !Object.is(left.get(field), right.get(field)))
    .map((field) => {
      const [one, other] = [left.get(field), right.get(field)]
      return {
        field,
        ...(one === undefined ? {} : { a: one }),
        ...(other === undefined ? {} : { b: other }),
      }
    })
}

/** Scalars by path: `risk.limits[0].max`. A bigint counts as its text, an empty list as `[]`. */
function fieldsOf(value: unknown): ReadonlyMap<string, Scalar> {
  const fields = new Map<string, Scalar>()
  collect(value, '', fields)
  return fields
}

function collect(value: unknown, path: string, fields: Map<string, Scalar>): void {
  if (value === undefined) return
  if (typeof value !== 'object' || value === null) {
    fields.set(path, typeof value === 'bigint' ? String(value) : (value as Scalar))
    return
  }
  const isList = Array.isArray(value)
  const entries = Object.entries(value)
  if (entries.length === 0) fields.set(path, isList ? '[]' : '{}')
  for (const [key, inner] of entries) {
    collect(inner, isList ? `${path}[${key}]` : path === '' ? key : `${path}.${key}`, fields)
  }
}
