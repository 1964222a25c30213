import type { ErrorCode } from '@escapement/core'
import type { z } from 'zod'

type Issue = z.core.$ZodIssue

type Needed = { readonly code: ErrorCode; readonly needed: string }

/** What a value has to be, in this project's words, and the code of its being something else. */
export function neededBy(issue: Issue): Needed {
  switch (issue.code) {
    case 'invalid_type':
      return issue.expected === 'string' ? textOf(issue) : invalid(kindOf(issue.expected))
    case 'invalid_format':
      return textOf(issue)
    case 'invalid_value':
      return invalid(`one of ${issue.values.map(String).join(', ')}`)
    case 'too_small':
      return invalid(smallest(issue))
    case 'too_big':
      return invalid(largest(issue))
    case 'not_multiple_of':
      return invalid(`a multiple of ${issue.divisor}`)
    case 'invalid_key':
      return invalid('a name that is not empty')
    default:
      return invalid('one of the forms of docs/configuration.md')
  }
}

const invalid = (needed: string): Needed => ({ code: 'ESC_CONFIG_INVALID', needed })

const KINDS: Readonly<Record<string, string>> = {
  number: 'a number',
  int: 'an integer',
  boolean: 'true or false',
  array: 'a list',
}

/** Objects and records are both mappings to who writes them. */
const kindOf = (expected: string): string => KINDS[expected] ?? 'a mapping of keys to values'

function smallest({ origin, minimum, inclusive }: z.core.$ZodIssueTooSmall): string {
  if (origin === 'string') return 'a text that is not empty'
  if (origin === 'array') return `a list of at least ${minimum}`
  return inclusive === false ? `a number above ${minimum}` : `at least ${minimum}`
}

function largest({ origin, maximum }: z.core.$ZodIssueTooBig): string {
  if (origin === 'string') return `at most ${maximum} characters`
  return origin === 'array' ? `a list of at most ${maximum}` : `at most ${maximum}`
}

/** Texts of no special form. */
const WORDS = new Set(
  'module quote currency path instrument symbol table $schema description'.split(' '),
)

/** What a text has to look like. One that is there in another form has a code of its own. */
function textOf({ path, input }: Issue): Needed {
  const name = String(path.at(-1))
  if (name === 'name' || name === 'id') {
    return invalid('letters, digits, dot, underscore and hyphen')
  }
  if (WORDS.has(name)) return invalid('a text')
  const isWritten = typeof input === 'string' || typeof input === 'number'
  const isWindow = path[0] === 'window'
  const isExperiment = path[0] === 'experiment'
  if (isWindow || name === 'time' || isExperiment) {
    const needed = 'epoch ns or ISO 8601 UTC in quotes'
    return isWritten && isWindow ? { code: 'ESC_CONFIG_WINDOW', needed } : invalid(needed)
  }
  const above = name.endsWith('Size') ? ', above 0' : ''
  const needed = `a plain decimal in quotes, such as "0.01"${above}`
  return isWritten ? { code: 'ESC_CONFIG_DECIMAL', needed } : invalid(needed)
}
