import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { writeBytesAtomically } from '../market-data/files.ts'

const NAME = /^(\d{15})\.state$/

/** The snapshots of a run: one file a position, each whole or not there. */
export class SnapshotFolder {
  readonly #folder: string

  constructor(folder: string) {
    this.#folder = folder
  }

  write(position: number, bytes: Uint8Array): void {
    if (!existsSync(this.#folder)) mkdirSync(this.#folder)
    const name = `${String(position).padStart(15, '0')}.state`
    writeBytesAtomically(join(this.#folder, name), [bytes])
  }

  /** Positions that there is a snapshot of, the latest first. */
  positions(): readonly number[] {
    if (!existsSync(this.#folder)) return []
    const found = readdirSync(this.#folder).flatMap((name) => NAME.exec(name)?.[1] ?? [])
    return found.map(Number).sort((a, b) => b - a)
  }

  read(position: number): Uint8Array {
    return readFileSync(join(this.#folder, `${String(position).padStart(15, '0')}.state`))
  }
}
