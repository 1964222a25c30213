import { CodedError } from '@escapement/core'
import type { QueueConfig } from '../../actors/fill-simulator/queue-model.ts'

/**
 * The queue model that a pack states as a formula of F (quantity ahead) and b (behind). Packs give
 * different formulas the same name, so the name says nothing.
 * @throws ESC_CONFIG_INVALID when the formula is none of ours
 */
export function queueOf(formula: string): QueueConfig {
  const text = formula.replaceAll(' ', '')
  if (text === 'risk-averse') return { model: 'riskAverse' }
  if (text === 'ln(1+b)/(ln(1+b)+ln(1+F))') return { model: 'log' }
  if (text === 'ln(1+b)/ln(1+b+F)') return { model: 'log2' }
  for (const [model, pattern] of POWERS) {
    const n = pattern.exec(text)?.[1]
    if (n !== undefined) return { model, n: Number(n) }
  }
  throw new CodedError('ESC_CONFIG_INVALID', {
    field: 'queues',
    found: formula,
    needed: 'risk-averse, or a formula in F and b of power, power2, power3, log or log2',
  })
}

const POWERS = [
  ['power', /^b\^(\d+)\/\(b\^\1\+F\^\1\)$/],
  ['power2', /^b\^(\d+)\/\(b\+F\)\^\1$/],
  ['power3', /^1-\(F\/\(F\+b\)\)\^(\d+)$/],
] as const
