import { CodedError, messageOf } from '@escapement/core'
import { z } from 'zod'
import { EXPERIMENT, PLAN } from './folders.ts'
import { type Plan, planHash } from './plan.ts'
import type { ResultStore } from './result-store.ts'

const recordSchema = z.looseObject({
  schema: z.literal('escapement/experiment-1'),
  id: z.string(),
  planHash: z.string(),
  createdAt: z.string().optional(),
})

export type ExperimentRecord = z.output<typeof recordSchema>

/**
 * The experiment that a store holds, from what is written there and nothing else.
 * @throws ESC_EXPERIMENT_DIRECTORY when there is none, or a file of it is damaged
 */
export async function readStore(
  store: ResultStore,
  place: string,
): Promise<{ readonly record: ExperimentRecord; readonly plan: Plan }> {
  const value = await readJson(store, EXPERIMENT, place)
  const record = recordSchema.safeParse(value)
  if (!record.success) {
    const field = record.error.issues[0]!.path.join('.')
    throw damaged(place, `${EXPERIMENT} of another form`, field)
  }
  const plan = (await readJson(store, PLAN, place)) as Plan
  const found = planHash(plan)
  if (plan.schema !== 'escapement/plan-1' || found !== record.data.planHash) {
    throw damaged(place, `${PLAN} with the hash ${found}`, record.data.planHash)
  }
  return { record: record.data, plan }
}

async function readJson(store: ResultStore, name: string, place: string): Promise<unknown> {
  const bytes = await store.read(name)
  if (bytes === null) throw damaged(place, `no ${name}`, 'a folder that escapement sweep wrote')
  try {
    return JSON.parse(new TextDecoder().decode(bytes))
  } catch (cause) {
    throw damaged(place, `${name}: ${messageOf(cause)}`, 'valid JSON')
  }
}

const damaged = (file: string, found: string, needed: string): CodedError =>
  new CodedError('ESC_EXPERIMENT_DIRECTORY', { file, found, needed })
