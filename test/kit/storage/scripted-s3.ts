import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { onTestFinished } from 'vitest'
import type { ObjectStore } from '../../../actors/ports.ts'
import { openS3Store } from '../../../adapters/storage/s3-store.ts'
import { BUCKET, credentials } from './s3-kind.ts'

export type Answer = (request: IncomingMessage, response: ServerResponse) => void

/** A server that answers as told, the last answer again and again, and notes what it was asked. */
export async function scriptedS3(
  ...answers: readonly Answer[]
): Promise<{ readonly store: ObjectStore; readonly asked: readonly IncomingMessage[] }> {
  const asked: IncomingMessage[] = []
  const server = createServer((request, response) => {
    const answer = answers[Math.min(asked.length, answers.length - 1)]!
    asked.push(request)
    request.resume().on('end', () => answer(request, response))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close().closeAllConnections())
  const { port } = server.address() as AddressInfo
  const endpoint = `http://127.0.0.1:${port}`
  return { store: await openS3Store({ bucket: BUCKET, endpoint, credentials }), asked }
}

export const status =
  (code: number, body = '', headers: Readonly<Record<string, string>> = {}): Answer =>
  (_, response) => {
    response.writeHead(code, { ...headers, 'content-length': Buffer.byteLength(body) }).end(body)
  }

/** An error as S3 words it, with what it likes to quote. */
export const refusal = (code: number, name: string): Answer =>
  status(
    code,
    `<?xml version="1.0"?><Error><Code>${name}</Code><Message>${name} of ${credentials.accessKeyId}` +
      `</Message><AWSAccessKeyId>${credentials.accessKeyId}</AWSAccessKeyId>` +
      `<StringToSign>${credentials.secretAccessKey}</StringToSign></Error>`,
    { 'content-type': 'application/xml' },
  )

export const hangUp: Answer = (request) => void request.socket.destroy()
