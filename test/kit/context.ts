import { backtestCapabilities } from '../../runtime/environment.ts'
import { type ProcessingContext, processingContext } from '../../runtime/processing-context.ts'

/** The context of a backtest with the kit's configuration, unless `parts` says otherwise. */
export const testContext = (parts: Partial<ProcessingContext> = {}): ProcessingContext =>
  processingContext({
    configuration: { version: '1', fingerprint: 'kit' },
    capabilities: backtestCapabilities,
    mergePolicy: 'executionFirst',
    ...parts,
  })
