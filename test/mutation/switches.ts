/** What instrumented sources look at and write; their generator fixes the names. */
type Switchboard = {
  activeMutant?: string | undefined
  currentTestId?: string | undefined
  hitCount?: number
  hitLimit?: number
  mutantCoverage?: Coverage
}
export type Hits = Record<string, number>
type Coverage = { readonly static: Hits; readonly perTest: Record<string, Hits> }

const scope = globalThis as { __stryker__?: Switchboard }
scope.__stryker__ ??= {}
export const switches = scope.__stryker__
switches.mutantCoverage ??= { static: {}, perTest: {} }
export const coverage = switches.mutantCoverage

/** Whether `body` passes with the mutant switched on; one that goes round for ever is stopped. */
export async function survives(body: () => unknown, id: string, hitLimit: number) {
  switches.hitCount = 0
  switches.hitLimit = hitLimit
  switches.activeMutant = id
  try {
    await body()
    return true
  } catch {
    return false
  } finally {
    switches.activeMutant = undefined
  }
}
