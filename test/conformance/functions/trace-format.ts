import type { Authority } from '../steps/format.ts'

/** One case of `runtime-trace.json` (README, section 4). */
export type TraceIntent = readonly [type: 'new' | 'replace' | 'cancel', id: string, price: number]

type Operation = {
  readonly op: string
  readonly events?: readonly (readonly [number, string])[]
  readonly event?: readonly [number, string]
  readonly dispatchable?: readonly string[]
  readonly obligation_due_ns?: string | null
}

export type TraceCase = {
  readonly authority: Authority
  readonly name: string
  readonly base_ns: string
  readonly rate_limits: {
    readonly max_orders_per_sec: number | null
    readonly max_cancels_per_sec: number | null
  }
  readonly collapse_wakeup: boolean
  readonly venue_script: readonly (readonly [ms: number, code: number])[]
  readonly strategy: {
    readonly feed: readonly (readonly TraceIntent[])[]
    readonly update: readonly (readonly TraceIntent[])[]
  }
  readonly dispatch_failures: readonly string[]
  readonly core_failure_at_call: number | null
  readonly trace: readonly Operation[]
  readonly final: {
    readonly pending_due_ns: string | null
    readonly queue: readonly string[]
    readonly inflight: readonly string[]
    readonly working: readonly string[]
  }
}
