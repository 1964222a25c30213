import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const here = (name: string): string => fileURLToPath(new URL(name, import.meta.url))

/** One file of JavaScript that starts at once, where TypeScript takes a second each time. */
export async function bundled(entry: string, folder: string): Promise<string> {
  const outfile = `${folder}/${entry}.mjs`
  const options = { bundle: true, platform: 'node', format: 'esm', logLevel: 'error' } as const
  await build({ ...options, entryPoints: [here(`${entry}.ts`)], outfile, conditions: ['source'] })
  return outfile
}

export type ChildEnd = {
  readonly code: number | null
  readonly signal: string | null
  readonly stdout: string
  readonly stderr: string
}

/** Runs Node with these arguments to its end. */
export function runNode(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<ChildEnd> {
  const child = spawn(process.execPath, args, { env: { ...process.env, ...env } })
  const said = { stdout: '', stderr: '' }
  for (const stream of ['stdout', 'stderr'] as const) {
    child[stream].setEncoding('utf8').on('data', (text: string) => {
      said[stream] += text
    })
  }
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code, signal) => resolve({ code, signal, ...said }))
  })
}

/** The memory that storing and reading that many MiB took, in MiB, in a process of its own. */
export async function streamedMemory(
  mib: number,
  ...place: readonly string[]
): Promise<{ readonly bytes: number; readonly grownMib: number }> {
  const flags = ['--max-old-space-size=48', '--conditions=source', '--import', 'tsx']
  const env = { AWS_ACCESS_KEY_ID: 'a', AWS_SECRET_ACCESS_KEY: 'b' }
  const end = await runNode([...flags, here('stream-child.ts'), String(mib), ...place], env)
  if (end.code !== 0) throw new Error(end.stderr)
  return JSON.parse(end.stdout) as { bytes: number; grownMib: number }
}
