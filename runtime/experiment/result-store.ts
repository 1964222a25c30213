/**
 * Where an experiment keeps what it found: files by path, with `/` between names, below one root.
 * A folder, a bucket, or a map in a test.
 */
export type ResultStore = {
  /** Null where there is no such file. */
  read(path: string): Promise<Uint8Array | null>
  /**
   * The file appears whole or not at all. A durable one outlasts a power cut from then on; one that
   * is not may be torn by it, so whoever reads it must hold it against a hash.
   */
  write(path: string, bytes: Uint8Array, isDurable?: boolean): Promise<void>
  /** All names directly within, files and folders, sorted; none where there is no such folder. */
  list(folder: string): Promise<readonly string[]>
  /** Nothing happens where there is no such file. */
  remove(path: string): Promise<void>
}

export const jsonBytes = (value: unknown): Uint8Array =>
  new TextEncoder().encode(`${JSON.stringify(value, null, 2)}\n`)
