import { spawnSync } from 'node:child_process'
import { chmodSync, chownSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { findIntruders, listFiles, sizeOf } from './container/audit.ts'
import { parseContainerfile } from './container/containerfile.ts'
import { type DryImage, dryBuild } from './container/dry-build.ts'
import { copyWorkingTree } from './working-copy.ts'

/**
 * Builds the image of Containerfile in plain directories and looks at it as a stranger would: what
 * is in it, whether the command answers, and whether a backtest runs, as another user where this
 * one is root. Prints one line for each thing that was found to hold.
 */
const repository = fileURLToPath(new URL('..', import.meta.url))
/** The user `node` of the official base images. */
const unprivileged = 1000
const say = (line: string): boolean => process.stdout.write(`${line}\n`)

function claim(holds: boolean, what: string, otherwise = ''): void {
  if (!holds) throw new Error(`not so: ${what}\n${otherwise}`)
  say(`ok  ${what}`)
}

function start(image: DryImage, args: readonly string[]): { code: number | null; said: string } {
  const [, program = ''] = image.entrypoint
  const isRoot = process.getuid?.() === 0
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [join(image.directory, program), ...args],
    {
      cwd: image.workdir,
      env: { PATH: process.env.PATH, HOME: image.workdir, ...image.environment },
      encoding: 'utf8',
      input: '',
      ...(isRoot ? { uid: unprivileged, gid: unprivileged } : {}),
    },
  )
  return { code: status, said: `${stdout}${stderr}` }
}

function check(directory: string): void {
  const context = join(directory, 'context')
  // From what git has, so that nothing of this machine slips in.
  copyWorkingTree(repository, context)
  const stages = parseContainerfile(readFileSync(join(context, 'Containerfile'), 'utf8'))
  const image = dryBuild(stages, context, join(directory, 'images'))
  const application = join(image.directory, 'app')
  const files = listFiles(application)
  const size = Math.round(sizeOf(application, files) / 1e6)
  say(`ok  ${stages.length} stages; the image adds ${files.length} files, ${size} MB, to its base`)
  claim(image.user !== 'root', `the image runs as ${image.user}, and not as root`)
  const lock = JSON.parse(readFileSync(join(context, 'package-lock.json'), 'utf8'))
  const intruders = findIntruders(files, lock)
  const some = intruders.slice(0, 20).join('\n')
  claim(intruders.length === 0, 'no development package, test, source or tool is in it', some)
  if (process.getuid?.() === 0) chownSync(image.workdir, unprivileged, unprivileged)
  const help = start(image, ['--help'])
  const helps = help.code === 0 && help.said.startsWith('Usage: escapement')
  claim(helps, 'escapement --help answers', help.said)
  const run = start(image, ['backtest', '--json', '--out', 'first'])
  claim(run.code === 0, 'the built-in backtest runs and writes its run directory', run.said)
  const written = listFiles(application)
  claim(written.join() === files.join(), 'the application itself is as it was')
}

const directory = mkdtempSync(join(tmpdir(), 'escapement-container-'))
try {
  chmodSync(directory, 0o755)
  check(directory)
} catch (cause) {
  say(`FAILED  ${cause instanceof Error ? cause.message : String(cause)}`)
  process.exitCode = 1
} finally {
  rmSync(directory, { recursive: true, force: true })
}
