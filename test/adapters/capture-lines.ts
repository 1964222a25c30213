/** Lines of a futures and of a spot capture, as the venue writes them, from a few numbers. */
type Levels = readonly (readonly [price: string, qty: string])[]
type Depth = {
  readonly ids: readonly [number, number]
  readonly pu?: number
  readonly b?: Levels
  readonly a?: Levels
}

/** A second of 2023; local and exchange times of the lines count from it, in ms. */
export const BASE_MS = 1_700_000_000_000

const line = (localMs: number, message: object): string =>
  `${BigInt(Math.round((BASE_MS + localMs) * 1000)) * 1000n} ${JSON.stringify(message)}`

export const futures = {
  depth: (
    localMs: number,
    exchMs: number,
    { ids, pu = ids[0] - 1, b = [], a = [] }: Depth,
  ): string =>
    line(localMs, {
      stream: 'btcusdt@depth@0ms',
      data: {
        e: 'depthUpdate',
        E: BASE_MS + exchMs + 1,
        T: BASE_MS + exchMs,
        s: 'BTCUSDT',
        U: ids[0],
        u: ids[1],
        pu,
        b,
        a,
      },
    }),
  trade: (
    localMs: number,
    exchMs: number,
    p: string,
    q: string,
    m: boolean,
    X = 'MARKET',
  ): string =>
    line(localMs, {
      stream: 'btcusdt@trade',
      data: {
        e: 'trade',
        E: BASE_MS + exchMs,
        T: BASE_MS + exchMs,
        s: 'BTCUSDT',
        t: 1,
        p,
        q,
        X,
        m,
      },
    }),
  snapshot: (localMs: number, exchMs: number, id: number, bids: Levels, asks: Levels): string =>
    line(localMs, { lastUpdateId: id, E: BASE_MS + exchMs + 2, T: BASE_MS + exchMs, bids, asks }),
  ticker: (localMs: number, u: number): string =>
    line(localMs, {
      stream: 'btcusdt@bookTicker',
      data: {
        e: 'bookTicker',
        u,
        s: 'BTCUSDT',
        b: '1.50',
        B: '2.000',
        a: '1.60',
        A: '0.250',
        T: BASE_MS,
        E: BASE_MS,
      },
    }),
}

export const spot = {
  depth: (localMs: number, exchMs: number, { ids, b = [], a = [] }: Depth): string =>
    line(localMs, {
      stream: 'btcusdt@depth@100ms',
      data: { e: 'depthUpdate', E: BASE_MS + exchMs, s: 'BTCUSDT', U: ids[0], u: ids[1], b, a },
    }),
  snapshot: (localMs: number, id: number, bids: Levels, asks: Levels): string =>
    line(localMs, { lastUpdateId: id, bids, asks }),
}

export const captureOf = (...lines: readonly string[]): Uint8Array =>
  Buffer.from(lines.map((text) => `${text}\n`).join(''))
