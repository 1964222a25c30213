import { CodedError } from '@escapement/core'
import { z } from 'zod'
import { neededBy } from './needed.ts'

type Issue = z.core.$ZodIssue

/**
 * The coded error for the first thing that is wrong, naming `file`, the path of the field, the
 * value found and the value needed. None of its words are the schema library's own.
 */
export function issueError(error: z.ZodError, schema: z.ZodType, file: string): CodedError {
  const issue = firstIssue(error.issues)
  if (issue.code === 'unrecognized_keys') return unknownKey(issue, schema, file)
  const { code, needed } = neededBy(issue)
  return new CodedError(code, { ...place(file, issue.path), found: foundIn(issue), needed })
}

/** An unknown key names the keys that its place knows, so a misspelt one is seen at once. */
function unknownKey(
  { path, keys }: z.core.$ZodIssueUnrecognizedKeys,
  schema: z.ZodType,
  file: string,
): CodedError {
  const root = z.toJSONSchema(schema, { io: 'input' }) as JsonSchema
  const known = knownKeys(root, path, root.$defs ?? {})
  return new CodedError('ESC_CONFIG_INVALID', {
    ...place(file, [...path, keys[0]!]),
    found: 'an unknown key',
    needed: `one of ${[...known].join(', ')}`,
  })
}

type JsonSchema = {
  readonly $defs?: Readonly<Record<string, JsonSchema>>
  readonly $ref?: string
  readonly anyOf?: readonly JsonSchema[]
  readonly oneOf?: readonly JsonSchema[]
  readonly properties?: Readonly<Record<string, JsonSchema>>
  readonly items?: JsonSchema
  readonly additionalProperties?: JsonSchema | boolean
}

/** The keys of all forms that the value at `path` may have. */
function knownKeys(
  schema: JsonSchema,
  path: readonly PropertyKey[],
  defs: Readonly<Record<string, JsonSchema>>,
): Set<string> {
  const forms = formsOf(schema, defs)
  const [step, ...rest] = path
  if (step === undefined) {
    return new Set(forms.flatMap(({ properties = {} }) => Object.keys(properties)))
  }
  const below = forms.flatMap(({ properties = {}, items, additionalProperties: any }) => {
    const found = typeof step === 'number' ? items : (properties[String(step)] ?? any)
    return typeof found === 'object' ? [...knownKeys(found, rest, defs)] : []
  })
  return new Set(below)
}

/** A schema and all that it may be instead. */
function formsOf(
  schema: JsonSchema,
  defs: Readonly<Record<string, JsonSchema>>,
): readonly JsonSchema[] {
  const { $ref, anyOf = [], oneOf = [] } = schema
  const named = $ref === undefined ? [] : [defs[$ref.slice('#/$defs/'.length)]!]
  return [schema, ...[...named, ...anyOf, ...oneOf].flatMap((form) => formsOf(form, defs))]
}

/** Of a failed union, the issue of the branch that came furthest: the one the writer meant. */
function firstIssue(issues: readonly Issue[]): Issue {
  const issue = wordOf(issues[0]!)
  if (issue.code !== 'invalid_union' || issue.errors.length === 0) return issue
  const branches = issue.errors.map((branch) => firstIssue(branch))
  const strange = new Map(branches.map((branch, i) => [branch, strangeKeys(issue.errors[i]!)]))
  const [best] = [...branches].sort(
    (a, b) => rank(b) - rank(a) || strange.get(a)! - strange.get(b)!,
  )
  const path = [...issue.path, ...best!.path]
  if (best!.code !== 'invalid_value') return { ...best!, path }
  // A word that no branch knows: say the words of all of them.
  const values = branches.flatMap((branch) =>
    branch.code === 'invalid_value' && formatPath(branch.path) === formatPath(best!.path)
      ? branch.values
      : [],
  )
  return { ...best!, path, values }
}

/** A form chosen by a word that no form has: the issue is the word. */
function wordOf(issue: Issue): Issue {
  if (issue.code !== 'invalid_union' || issue.discriminator === undefined) return issue
  const { path, discriminator, message } = issue
  // The library says which words there are, but its types do not.
  const { options = [] } = issue as { readonly options?: (string | undefined)[] }
  const values = options.filter((word) => word !== undefined)
  const input = (issue.input as Readonly<Record<string, unknown>> | undefined)?.[discriminator]
  return { code: 'invalid_value', values, path, input, message }
}

/** Keys that a branch does not know, or a word for its form that is missing: not the one meant. */
function strangeKeys(branch: readonly Issue[]): number {
  const keys = branch.flatMap((issue) => (issue.code === 'unrecognized_keys' ? issue.keys : []))
  const [first] = branch
  const isWordless = wordOf(first!) !== first && wordOf(first!).input === undefined
  return keys.length + (isWordless ? 1 : 0)
}

/** A wrong value deep inside says more than a missing or unknown key at the top. */
function rank(issue: Issue): number {
  const isShape = issue.code === 'unrecognized_keys' || issue.input === undefined
  return issue.path.length * 2 + (isShape ? 0 : 1)
}

const place = (file: string, path: readonly PropertyKey[]) =>
  path.length === 0 ? { file } : { file, field: formatPath(path) }

function formatPath(path: readonly PropertyKey[]): string {
  return path
    .map((part, i) =>
      typeof part === 'number' ? `[${part}]` : `${i === 0 ? '' : '.'}${String(part)}`,
    )
    .join('')
}

/** What a program passes may be a value that JSON does not know, such as NaN or a bigint. */
function foundIn({ code, input, path }: Issue): string {
  if (code === 'invalid_key') return JSON.stringify(String(path.at(-1)))
  if (input === undefined) return 'nothing'
  const isJson = typeof input === 'number' ? Number.isFinite(input) : typeof input !== 'bigint'
  return (isJson ? JSON.stringify(input) : undefined) ?? String(input)
}
