import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, statSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import type { Stage } from './containerfile.ts'

/** A built image as a directory, and how it would be started. */
export type DryImage = {
  readonly directory: string
  readonly workdir: string
  readonly user: string
  readonly environment: Readonly<Record<string, string>>
  readonly entrypoint: readonly string[]
}

/**
 * Performs the stages in plain directories below `directory`: each is the root of one image, with
 * this machine's node in place of the base. What differs from an engine: no isolation, own node.
 */
export function dryBuild(stages: readonly Stage[], context: string, directory: string): DryImage {
  const roots = new Map<string, string>()
  let image: DryImage | null = null
  for (const stage of stages) {
    const root = join(directory, stage.name)
    roots.set(stage.name, root)
    image = buildStage(stage, root, (name) => {
      const from = name === null ? context : roots.get(name)
      if (from === undefined) throw new Error(`COPY --from=${name}: no stage of that name`)
      return from
    })
  }
  if (image === null) throw new Error('a Containerfile without a stage')
  return image
}

function buildStage(stage: Stage, root: string, source: (from: string | null) => string): DryImage {
  const environment: Record<string, string> = {}
  let workdir = '/'
  let user = 'root'
  const within = (path: string): string => join(root, resolve(workdir, path))
  mkdirSync(root, { recursive: true })
  for (const instruction of stage.instructions) {
    switch (instruction.kind) {
      case 'env':
        environment[instruction.name] = instruction.value
        break
      case 'user':
        user = instruction.name
        break
      case 'workdir':
        workdir = resolve(workdir, instruction.path)
        mkdirSync(within('.'), { recursive: true })
        break
      case 'copy':
        for (const path of instruction.sources) {
          copyInto(join(source(instruction.from), path), within(instruction.target))
        }
        break
      case 'run':
        runShell(instruction.command, within('.'), environment)
    }
  }
  return { directory: root, workdir: within('.'), user, environment, entrypoint: stage.entrypoint }
}

/** As COPY does: a folder gives its contents, a file keeps its name, links stay links. */
function copyInto(from: string, target: string): void {
  const isFolder = statSync(from).isDirectory()
  const to = isFolder ? target : join(target, basename(from))
  mkdirSync(target, { recursive: true })
  cpSync(from, to, { recursive: true, verbatimSymlinks: true })
}

function runShell(command: string, cwd: string, environment: Record<string, string>): void {
  const { status, stdout, stderr } = spawnSync('/bin/sh', ['-c', command], {
    cwd,
    env: { ...process.env, ...environment },
    encoding: 'utf8',
    input: '',
  })
  if (status !== 0) throw new Error(`RUN ${command} ended with ${status}\n${stdout}\n${stderr}`)
}
