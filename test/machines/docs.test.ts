import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { describeMachine, machineNames, machines, toTransitionTable } from '../../machines/index.ts'

/** The pages beside the machines: generated, and refused when they drift. Renew with `-u`. */
const folder = new URL('../../machines/', import.meta.url)

test.each(machineNames)('%s.md says what the machine says', async (name) => {
  const note = `Generated from \`${name}.machine.ts\`; \`npx vitest run test/machines -u\` renews it.`
  const page = describeMachine(machines[name].machine, note)
  await expect(page).toMatchFileSnapshot(new URL(`${name}.md`, folder).pathname)
})

test('every machine file has its entry in the registry, and the README names it', () => {
  const files = readdirSync(folder).filter((file) => file.endsWith('.machine.ts'))
  expect(files.sort()).toEqual(machineNames.map((name) => `${name}.machine.ts`).sort())
  const readme = readFileSync(new URL('README.md', folder), 'utf8')
  for (const name of machineNames) expect(readme).toContain(`(${name}.md)`)
})

test.each(machineNames)('%s: the printed table is the compiled table', (name) => {
  const { machine, chart } = machines[name]
  const printed = toTransitionTable(machine)
    .split('\n')
    .slice(2)
    .map((row) => row.slice(2, -2).split(' | ').slice(1))
  const compiled = chart.states.map((_, state) =>
    chart.signals.map((_, signal) => chart.states[chart.next(state, signal)] ?? '·'),
  )
  expect(printed).toEqual(compiled)
})
