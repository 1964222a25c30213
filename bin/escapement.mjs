#!/usr/bin/env node
// In a clone the sources are run as they are, through tsx; in an installed package the build is run.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath, pathToFileURL } from 'node:url'

const source = fileURLToPath(new URL('../runtime/cli/main.ts', import.meta.url))
const built = fileURLToPath(new URL('../dist/runtime/cli/main.js', import.meta.url))
const inClone = existsSync(source)
const flags = inClone ? ['--conditions=source', '--import', import.meta.resolve('tsx')] : []
if (inClone) {
  const child = spawnSync(process.execPath, [...flags, source, ...process.argv.slice(2)], {
    stdio: 'inherit',
  })
  process.exitCode = child.status ?? 1
} else {
  await import(pathToFileURL(built).href)
}
