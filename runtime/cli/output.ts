import { CodedError, type ErrorFacts } from '@escapement/core'
import { ownPackage } from './package-root.ts'

/** What a command says: one JSON object or text on stdout, errors on stderr, and the exit code. */
export class Output {
  readonly #json: boolean
  exitCode = 0

  constructor(json: boolean) {
    this.#json = json
  }

  get isJson(): boolean {
    return this.#json
  }

  result(value: unknown, text: () => string): void {
    process.stdout.write(this.#json ? `${JSON.stringify(value)}\n` : `${text()}\n`)
  }

  /** A run that began and failed: exit 1. */
  failure(report: FailureReport & { readonly runDirectory?: string }): void {
    this.exitCode = 1
    this.#error(report)
  }

  /** Bad input: exit 2. Anything else is our own mistake: exit 1, with the stack. */
  refuse(cause: unknown): void {
    this.exitCode = cause instanceof CodedError ? 2 : 1
    this.#error(failureReport(cause))
  }

  #error(report: FailureReport): void {
    if (this.#json) process.stdout.write(`${JSON.stringify({ status: 'failed', ...report })}\n`)
    process.stderr.write(
      `${report.message}\n${report.stack === undefined ? '' : `${report.stack}\n`}`,
    )
  }
}

export type FailureReport = {
  readonly code: string
  readonly message: string
  readonly facts: ErrorFacts
  readonly position?: number
  readonly stack?: string
}

/** The innermost coded error says most; what has no code shows its stack. */
export function failureReport(cause: unknown): FailureReport {
  if (cause instanceof CodedError) {
    const inner = cause.code === 'ESC_HANDLER_FAILED' ? cause.cause : undefined
    if (inner instanceof CodedError) return failureReport(inner)
    const stack = inner instanceof Error ? inner.stack : undefined
    const { code, message, facts } = cause
    return stack === undefined ? { code, message, facts } : { code, message, facts, stack }
  }
  const error = cause instanceof Error ? cause : new Error(String(cause))
  return { code: 'ESC_INTERNAL', message: error.message, facts: {}, stack: error.stack ?? '' }
}

/** Name and version of this software, as package.json states them. */
export function softwareVersion(): string {
  const found = ownPackage()
  if (found !== null) return `${found.name} ${found.version}`
  return 'escapement (unknown version)'
}
