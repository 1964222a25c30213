import type { Nanos } from '@escapement/core'
import type { Actor } from '../actors/actor.ts'

/** Ports whose message types were forgotten: what checks, drawings and the runtime work with. */
export type UntypedPorts = { in: Record<string, unknown>; out: Record<string, unknown> }
export type UntypedActor = Actor<UntypedPorts>

/** A topology as plain data. */
export type TopologyDescription = {
  readonly name: string
  readonly actors: readonly ActorDescription[]
  readonly wires: readonly WireDescription[]
}
export type ActorDescription = {
  readonly name: string
  readonly kind: string
  readonly identity: string
  readonly in: readonly { readonly port: string; readonly priority: number }[]
  readonly out: readonly string[]
  readonly optional: readonly string[]
}
export type WireDescription = {
  readonly from: { readonly actor: string; readonly port: string }
  readonly to: { readonly actor: string; readonly port: string }
  readonly latency: Nanos
  readonly priority: number
}
