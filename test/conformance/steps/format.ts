/** The vector format as the corpus documents it (its README, sections 2 and 3). Nothing of ours. */
export type Json =
  | null
  | boolean
  | number
  | string
  | readonly Json[]
  | { readonly [k: string]: Json }
export type Authority = 'normative' | 'convention' | 'reference-only'
export type SideName = 'buy' | 'sell'

export type VectorIntent = {
  readonly type: 'new' | 'replace' | 'cancel'
  readonly instrument: string
  readonly client_order_id: string
  readonly side?: SideName
  readonly price?: number
  readonly qty?: number
  readonly order_type?: 'limit' | 'market'
  readonly tif?: string
}

export type VectorEvent = {
  readonly type: string
  readonly instrument?: string
  readonly client_order_id?: string
  readonly ts_ns_local?: string
  readonly ts_ns_exch?: string
  readonly bids?: readonly (readonly [number, number])[]
  readonly asks?: readonly (readonly [number, number])[]
  readonly book_type?: 'snapshot' | 'delta'
  readonly side?: SideName
  readonly price?: number
  readonly qty?: number
  readonly cum_qty?: number
  readonly remaining_qty?: number | null
  readonly order_type?: 'limit' | 'market'
  readonly tif?: string
  readonly liquidity?: string
  readonly position?: number
  readonly balance?: number
  readonly due_ts_ns_local?: string | null
  readonly obligation_due_ts_ns_local?: string | null
}

export type Entry = { readonly position: number; readonly event: VectorEvent }
export type Mark = {
  readonly instrument: string
  readonly client_order_id: string
  readonly type: 'new' | 'replace' | 'cancel'
}

export type Step = {
  readonly entry?: Entry
  readonly wakeup?: {
    readonly entries: readonly Entry[]
    readonly queued_instrument: string | null
  }
  readonly now_ns: string
  readonly intents?: readonly VectorIntent[]
  readonly strategy?: 'none' | 'error'
  readonly mark_sent?: readonly Mark[]
}

export type Expect = {
  readonly superseded?: readonly string[]
  readonly policyRejected?: readonly (readonly [ref: string, reason: string])[]
  readonly dispatchable?: readonly string[]
  readonly handled?: readonly (readonly [ref: string, kind: string])[]
  readonly blocked?: readonly (readonly [ref: string, reason: string, ...rest: Json[]])[]
  readonly obligation?: { readonly due_ns: string; readonly scope_key: string } | null
  readonly error?: { readonly kind: string } | null
  readonly state?: Json
}

export type InstrumentMetadata = {
  readonly tick_size?: Json
  readonly lot_size?: Json
  readonly contract_size?: Json
}

export type VectorConfiguration = {
  readonly instruments?: { readonly [name: string]: InstrumentMetadata }
  readonly risk?: {
    readonly trading_enabled?: boolean
    readonly position_limits?: { readonly max_position?: number | null }
    readonly notional_limits?: {
      readonly max_gross_notional?: number | null
      readonly max_single_order_notional?: number | null
    }
    readonly quote_limits?: {
      readonly max_active_quotes?: number | null
      readonly max_gross_quote_notional?: number | null
      readonly max_net_quote_notional?: number | null
    }
    readonly max_loss?: {
      readonly max_drawdown?: number | null
      readonly rolling_loss?: number | null
      readonly rolling_loss_window?: number | null
    }
    readonly execution_constraints?: {
      readonly min_order_notional?: number | null
      readonly post_only_mode?: 'reject' | 'drop'
    }
  }
  readonly rate_limits?: {
    readonly max_orders_per_sec?: number | null
    readonly max_cancels_per_sec?: number | null
  }
  readonly mode?: {
    readonly policy?: boolean
    readonly execution_control?: boolean
    readonly activate?: boolean
  }
}

export type Vector = {
  readonly name: string
  readonly authority: Authority
  readonly deviations?: {
    readonly [id: string]: {
      readonly state?: readonly number[]
      readonly output?: readonly number[]
    }
  }
  readonly trusted_steps?: number
  readonly configuration: VectorConfiguration
  readonly steps: readonly Step[]
  readonly expect: readonly Expect[]
}

export const entriesOf = ({ entry, wakeup }: Step): readonly Entry[] =>
  wakeup?.entries ?? (entry === undefined ? [] : [entry])

/** Steps whose state may be compared, and those whose output may not although their state may. */
export function trustOf(vector: Vector): { readonly steps: number; readonly mute: Set<number> } {
  const mute = new Set<number>()
  for (const { output = [] } of Object.values(vector.deviations ?? {})) {
    for (const step of output) mute.add(step)
  }
  const all = vector.authority !== 'reference-only'
  return { steps: all ? vector.steps.length : (vector.trusted_steps ?? 0), mute }
}

/** RFC 7396. */
export function mergePatch(target: Json | undefined, patch: Json): Json {
  if (!isObject(patch)) return patch
  const merged: Record<string, Json> = isObject(target) ? { ...target } : {}
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) delete merged[name]
    else merged[name] = mergePatch(merged[name], value)
  }
  return merged
}

export const isObject = (value: unknown): value is { readonly [k: string]: Json } =>
  value !== null && typeof value === 'object' && !Array.isArray(value)

/** Numbers with the corpus' tolerance (README, section 2), the rest exactly. */
export function equalJson(a: Json, b: Json): boolean {
  if (typeof a === 'number' && typeof b === 'number') {
    return Math.abs(a - b) <= 1e-9 * Math.max(1, Math.abs(a), Math.abs(b))
  }
  if (Array.isArray(a) && Array.isArray(b)) {
    return a.length === b.length && a.every((item, i) => equalJson(item, b[i] as Json))
  }
  if (isObject(a) && isObject(b)) {
    const names = new Set([...Object.keys(a), ...Object.keys(b)])
    return [...names].every((name) => equalJson(a[name] ?? null, b[name] ?? null))
  }
  return a === b
}
