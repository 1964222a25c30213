import { createRequire } from 'node:module'

type ArrowModule = typeof import('apache-arrow')

let loaded: ArrowModule | undefined

/** apache-arrow, loaded at first use: its 0.2 s are not paid by runs that read no dataset. */
export function arrow(): ArrowModule {
  loaded ??= createRequire(import.meta.url)('apache-arrow') as ArrowModule
  return loaded
}
