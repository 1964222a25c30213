import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { tableSchemas } from '../runtime/analysis/tables/schemas.ts'
import { backtestJsonSchema } from '../runtime/config/schema.ts'
import { experimentJsonSchema } from '../runtime/experiment/experiment-schema.ts'
import { fieldMeanings } from './write-docs-fields.ts'

/**
 * Writes what the documentation takes from the code: the schemas of configurations, the field tables of
 * docs/configuration.md, the columns of docs/tables.md, the scores of docs/quality.md, and the first
 * example with its output in README.md. Run it with
 * `node --conditions=source --import tsx scripts/write-docs.ts`; a test fails when a page drifts.
 */
type Schema = {
  readonly $defs?: Readonly<Record<string, Schema>>
  readonly $ref?: string
  readonly oneOf?: readonly Schema[]
  readonly type?: string
  readonly default?: unknown
  readonly enum?: readonly unknown[]
  readonly anyOf?: readonly Schema[]
  readonly properties?: Readonly<Record<string, Schema>>
  readonly required?: readonly string[]
  readonly items?: Schema
  readonly additionalProperties?: Schema | boolean
  readonly minimum?: number
  readonly exclusiveMinimum?: number
  readonly maximum?: number
  readonly pattern?: string
  readonly allOf?: readonly Schema[]
}

export type Field = {
  readonly path: string
  readonly type: string
  /** `form`: of a field that only some forms of its object have. */
  readonly required: 'always' | 'form' | 'no'
  readonly default: unknown
  readonly meaning: string
}

export const schemaText = (schema: unknown = backtestJsonSchema()): string =>
  `${jsonText(schema)}\n`

const LINE_WIDTH = 100

/** JSON as the formatter of this repository wants it: lists on one line where they fit. */
function jsonText(value: unknown, indent = '', taken = 0): string {
  if (value === null || typeof value !== 'object') return JSON.stringify(value)
  const deeper = `${indent}  `
  if (Array.isArray(value)) {
    const items = value.map((item) => jsonText(item, deeper))
    const short = `[${items.join(', ')}]`
    const fits = taken + short.length < LINE_WIDTH && !short.includes('\n')
    return fits ? short : `[\n${items.map((item) => deeper + item).join(',\n')}\n${indent}]`
  }
  const entries = Object.entries(value).map(([key, inner]) => {
    const name = `${deeper}${JSON.stringify(key)}: `
    return name + jsonText(inner, deeper, name.length)
  })
  return entries.length === 0 ? '{}' : `{\n${entries.join(',\n')}\n${indent}}`
}

/**
 * Every field of the schema in its order, outer before inner.
 * @throws Error when a field has no meaning, or a meaning no field
 */
export function configurationFields(): Field[] {
  const found = new Map<string, Field>()
  const root = backtestJsonSchema() as Schema
  collect(root, '', found)
  // What several fields have in common stands once, below its own name.
  for (const [name, schema] of Object.entries(root.$defs ?? {})) collect(schema, name, found)
  const left = Object.keys(fieldMeanings).filter((path) => !found.has(path))
  if (left.length > 0) throw new Error(`no such field: ${left.join(', ')}`)
  return [...found.values()]
}

function collect(
  schema: Schema,
  path: string,
  found: Map<string, Field>,
  forms: readonly Schema[] = [schema],
): void {
  const branches = schema.anyOf ?? schema.oneOf
  for (const branch of branches ?? []) collect(branch, path, found, branches)
  if (schema.items !== undefined) collect(schema.items, `${path}[]`, found)
  for (const [name, inner] of Object.entries(schema.properties ?? {})) {
    const isRequired = schema.required?.includes(name) === true
    const inAll = forms.every((form) => form.properties?.[name] !== undefined)
    const required = isRequired ? (inAll ? 'always' : 'form') : 'no'
    add(path === '' ? name : `${path}.${name}`, inner, required, found)
  }
  const { additionalProperties: any } = schema
  if (typeof any === 'object' && any.properties !== undefined) {
    add(`${path}.<symbol>`, any, 'no', found)
  }
}

/** A field that several branches of a union share stands once, with the values of all of them. */
function add(
  path: string,
  schema: Schema,
  required: Field['required'],
  found: Map<string, Field>,
): void {
  const meaning = fieldMeanings[path]
  if (meaning === undefined) throw new Error(`no meaning for ${path} in write-docs-fields.ts`)
  const type = typeOf(schema)
  const before = found.get(path)
  const types = before === undefined || before.type === type ? type : `${before.type}, ${type}`
  const differs = before !== undefined && before.required !== required
  found.set(path, {
    path,
    type: types,
    required: differs ? 'form' : required,
    default: schema.default,
    meaning,
  })
  collect(schema, path, found)
}

function typeOf(schema: Schema): string {
  if (schema.enum !== undefined) return schema.enum.map((value) => `\`${value}\``).join(', ')
  if (schema.oneOf !== undefined) return 'object'
  if (schema.anyOf !== undefined) return [...new Set(schema.anyOf.map(typeOf))].join(', ')
  if (schema.$ref !== undefined) return schema.$ref.slice('#/$defs/'.length)
  if (schema.type === 'string') return textType(schema)
  if (schema.type !== 'integer' && schema.type !== 'number') return schema.type ?? 'any'
  const { minimum, exclusiveMinimum, maximum } = schema
  const isBounded = (bound: number | undefined) =>
    bound !== undefined && Math.abs(bound) < Number.MAX_SAFE_INTEGER
  const low = isBounded(minimum) ? ` ≥ ${minimum}` : ''
  const above = isBounded(exclusiveMinimum) ? ` > ${exclusiveMinimum}` : ''
  const high = isBounded(maximum) ? ` ≤ ${maximum}` : ''
  return `${schema.type}${low}${above}${high}`
}

function textType({ pattern, allOf }: Schema): string {
  if (allOf !== undefined) return 'decimal > 0'
  if (pattern === '^-?\\d+(\\.\\d+)?$') return 'decimal'
  if (pattern === '^\\d+(\\.\\d+)?$') return 'decimal ≥ 0'
  return pattern?.startsWith('^(\\d+|') === true ? 'time' : 'text'
}

/** The fields below one top-level name as a table; `top` the top-level fields themselves. */
export function fieldTable(section: string): string {
  const fields = configurationFields().filter(({ path }) =>
    section === 'top' ? !/[.[]/.test(path) : /[.[]/.test(path) && path.split(/[.[]/)[0] === section,
  )
  const rows = fields.map((field) => {
    return `| \`${field.path}\` | ${field.type} | ${presence(field)} | ${field.meaning} |`
  })
  return ['| field | type | default | meaning |', '| --- | --- | --- | --- |', ...rows].join('\n')
}

function presence({ required, default: value }: Field): string {
  if (required !== 'no') return required === 'always' ? '**required**' : 'required in its form'
  if (value === undefined) return ''
  return `\`${JSON.stringify(value)}\``
}

/** Replaces what stands between `<!-- generated: NAME -->` and `<!-- end -->` by `blocks[NAME]`. */
export function fill(page: string, block: (name: string) => string): string {
  return page.replace(
    /(<!-- generated: ([\w-]+) -->\n)[\s\S]*?(<!-- end -->)/g,
    (_, open: string, name: string, close: string) => `${open}${block(name)}\n${close}`,
  )
}

const root = new URL('../', import.meta.url)
const read = (path: string): string => readFileSync(new URL(path, root), 'utf8')

const fenced = (language: string, text: string): string =>
  `\`\`\`${language}\n${text.trimEnd()}\n\`\`\``

/** The first example and exactly what it prints. */
const firstBacktest = (): string =>
  [
    fenced('ts', read('examples/01-first-backtest.ts')),
    fenced('text', read('examples/01-first-backtest.out')),
  ].join('\n\n')

type Score = { readonly mutants: number; readonly killed: number; readonly score: number }

/** The scores that `npm run mutation -- <module> --write` left. */
function mutationTable(): string {
  const scores = JSON.parse(read('test/mutation/scores.json')) as Readonly<Record<string, Score>>
  const rows = Object.entries(scores).map(
    ([name, { mutants, killed, score }]) =>
      `| \`${name}\` | ${mutants} | ${killed} | ${score.toFixed(1)} % |`,
  )
  return ['| module | mutants | noticed | score |', '| --- | ---: | ---: | ---: |', ...rows].join(
    '\n',
  )
}

/** The columns of one of the tables that a run is written as. */
function columnTable(name: string): string {
  const schema = tableSchemas[name as keyof typeof tableSchemas]
  const rows = Object.entries(schema).map(([column, { type, nullable, meaning }]) => {
    return `| \`${column}\` | ${type} | ${nullable ? 'yes' : ''} | ${meaning} |`
  })
  return ['| column | type | null | |', '| --- | --- | --- | --- |', ...rows].join('\n')
}

/** Every page that is written from the code, by its path. */
export function generatedPages(): ReadonlyMap<string, string> {
  return new Map([
    ['docs/backtest.schema.json', schemaText()],
    ['docs/experiment.schema.json', schemaText(experimentJsonSchema())],
    ['docs/configuration.md', fill(read('docs/configuration.md'), fieldTable)],
    ['docs/tables.md', fill(read('docs/tables.md'), columnTable)],
    ['docs/quality.md', fill(read('docs/quality.md'), mutationTable)],
    ['README.md', fill(read('README.md'), firstBacktest)],
  ])
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const [path, text] of generatedPages()) writeFileSync(new URL(path, root), text)
}
