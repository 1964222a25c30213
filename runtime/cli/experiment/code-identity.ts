import type { CodeIdentity } from '../../experiment/definition.ts'
import { softwareVersion } from '../output.ts'
import { softwareIdentity } from '../software-identity.ts'

/** What runs: every module of the project by its bytes, and the versions it depends on. */
export function codeIdentity(): CodeIdentity {
  const { code, dependencies } = softwareIdentity()
  return {
    software: softwareVersion(),
    source: code.hash,
    dependencies: dependencies.hash,
  }
}

/** Where it runs; nothing of it decides a result. */
export type RunEnvironment = {
  readonly node: string
  readonly platform: string
  readonly arch: string
  /** Null outside a clone. A dirty one holds changes that no commit names, or may hold them. */
  readonly git: { readonly commit: string; readonly dirty: boolean } | null
}

export function runEnvironment(): RunEnvironment {
  const { code, environment } = softwareIdentity()
  const { node, platform, arch } = environment
  const { commit, dirty } = code
  return { node, platform, arch, git: commit === null ? null : { commit, dirty: dirty !== false } }
}
