import { spawn } from 'node:child_process'
import { createServer } from 'node:net'

/** Path of a `moto_server`, the one local server that keeps If-None-Match; else null. */
export const motoPath: string | null = process.env.ESCAPEMENT_MOTO ?? null

/** Starts moto in a process of its own, on a free port. */
export async function startMoto(path: string): Promise<{ endpoint: string; stop: () => void }> {
  const port = await freePort()
  const child = spawn(path, ['-H', '127.0.0.1', '-p', String(port)], { stdio: 'ignore' })
  return { endpoint: `http://127.0.0.1:${port}`, stop: () => void child.kill('SIGKILL') }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().on('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      const port = typeof address === 'object' && address !== null ? address.port : 0
      server.close(() => resolve(port))
    })
  })
}
