import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { CodedError, messageOf } from '@escapement/core'
import {
  CompileError,
  compile,
  describeMachine,
  ILLEGAL,
  machines,
  toMermaid,
} from '@escapement/machines'
import { tsImport } from 'tsx/esm/api'
import type { AnyStateMachine } from 'xstate'
import type { Output } from './output.ts'
import { table } from './terminal.ts'

/** `escapement machines list|draw|check [name or file]`: the law, seen and checked. */
export async function machinesCommand(
  action: string,
  target: string | undefined,
  flags: { readonly table?: boolean },
  output: Output,
): Promise<void> {
  const chosen = await choose(target)
  switch (action) {
    case 'list':
      return list(chosen, output)
    case 'draw':
      return draw(chosen, flags.table === true, output)
    case 'check':
      return check(chosen, output)
    default:
      throw new CodedError('ESC_USAGE', {
        field: 'machines',
        found: action,
        needed: 'list, draw or check',
      })
  }
}

type Named = readonly (readonly [name: string, machine: AnyStateMachine])[]

/** All machines of the project, the one named, or those a module exports. */
async function choose(target: string | undefined): Promise<Named> {
  const own = Object.entries(machines).map(([name, { machine }]) => [name, machine] as const)
  if (target === undefined) return own as Named
  const named = own.filter(([name]) => name === target)
  if (named.length > 0) return named as Named
  const file = resolve(target)
  if (!existsSync(file)) {
    throw new CodedError('ESC_MACHINE_UNKNOWN', {
      found: target,
      needed: `${own.map(([name]) => name).join(', ')}, or a module that exports machines`,
    })
  }
  const exported = await importModule(file)
  const found = Object.entries(exported).filter((entry): entry is [string, AnyStateMachine] =>
    isMachine(entry[1]),
  )
  if (found.length > 0) return found
  throw new CodedError('ESC_MACHINE_UNKNOWN', { file, found: 'no exported XState machine' })
}

/** @throws ESC_MACHINE_UNKNOWN when the module cannot be loaded */
async function importModule(file: string): Promise<object> {
  try {
    return (await tsImport(pathToFileURL(file).href, import.meta.url)) as object
  } catch (cause) {
    const found = messageOf(cause)
    const needed = 'a module that loads and exports machines'
    throw new CodedError('ESC_MACHINE_UNKNOWN', { file, found, needed }, { cause })
  }
}

const isMachine = (value: unknown): value is AnyStateMachine =>
  value !== null && typeof value === 'object' && 'root' in value && 'getStateNodeById' in value

function list(chosen: Named, output: Output): void {
  const rows = chosen.map(([name, machine]) => {
    const description = machine.root.description ?? ''
    return { name, description, states: Object.keys(machine.states).length }
  })
  output.result({ machines: rows }, () =>
    table(rows.map(({ name, states, description }) => [name, `${states} states  ${description}`])),
  )
}

function draw(chosen: Named, withTable: boolean, output: Output): void {
  const drawings = chosen.map(([name, machine]) => ({
    name,
    drawing: withTable ? describeMachine(machine) : toMermaid(machine),
  }))
  output.result({ machines: drawings }, () =>
    drawings.map(({ drawing }) => drawing.trimEnd()).join('\n\n'),
  )
}

type Verdict = { readonly name: string; readonly problems: readonly string[] }

function check(chosen: Named, output: Output): void {
  const verdicts = chosen.map(([name, machine]) => ({ name, problems: problemsOf(machine) }))
  const failed = verdicts.filter(({ problems }) => problems.length > 0).length
  output.result({ status: failed === 0 ? 'done' : 'failed', machines: verdicts }, () =>
    table(verdicts.map((verdict) => [verdict.name, describeVerdict(verdict)])),
  )
  if (failed > 0) output.exitCode = 1
}

const describeVerdict = ({ problems }: Verdict): string =>
  problems.length === 0 ? 'ok' : problems.join('; ')

/** Refusals of the compiler, states nobody can reach, and states without a description. */
function problemsOf(machine: AnyStateMachine): string[] {
  try {
    const chart = compile(machine)
    const problems = Object.values(machine.states)
      .filter(({ description }) => description === undefined)
      .map(({ key }) => `state ${key} has no description`)
    if (!chart.pure) return problems
    const reached = new Set([chart.initial])
    for (const state of reached) {
      chart.signals.forEach((_, signal) => {
        const next = chart.next(state, signal)
        if (next !== ILLEGAL) reached.add(next)
      })
    }
    chart.states.forEach((name, code) => {
      if (!reached.has(code)) problems.push(`state ${name} cannot be reached`)
    })
    return problems
  } catch (cause) {
    if (cause instanceof CompileError) return [cause.message]
    throw cause
  }
}
