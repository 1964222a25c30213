import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { CodedError, type ErrorFacts } from '@escapement/core'
import { LogReader } from '../../adapters/event-log/log-reader.ts'
import { artifactOf, filesBelow } from '../../adapters/run-directory/artifacts.ts'
import { DONE, EVENTS, FAILED, MANIFEST } from '../../adapters/run-directory/run-directory.ts'
import { readConfig } from '../config/read-config.ts'
import { verifyLog } from '../event-log/verify-log.ts'
import { expectSummary, type RunFolder, type RunManifest } from './recorded-run.ts'
import { runHash } from './run-manifest.ts'

/**
 * Everything that is not as the run left it; nothing of a run directory that is whole. Of a run
 * without a mark the mark is all that is named: nothing else was promised.
 */
export function verifyRun(run: RunFolder): readonly CodedError[] {
  const { path, outcome, manifest } = run
  if (outcome === 'open') {
    return [damaged({ file: join(path, DONE), found: 'nothing', needed: 'the mark of a run' })]
  }
  return [
    ...problemsOf(() => expectMark(run)),
    ...(manifest.artifacts ?? []).flatMap((artifact) =>
      problemsOf(() => expectArtifact(path, artifact)),
    ),
    ...unlisted(run),
    ...problemsOf(() => expectManifest(run)),
    ...problemsOf(() => expectSummary(run)),
    ...problemsOf(() => void readConfig(run.configFile)),
    ...problemsOf(() => expectLog(run)),
  ]
}

type Listed = NonNullable<RunManifest['artifacts']>[number]

function problemsOf(check: () => void): readonly CodedError[] {
  try {
    check()
    return []
  } catch (cause) {
    if (cause instanceof CodedError) return [cause]
    throw cause
  }
}

/** One mark, and the manifest that it vouches for. */
function expectMark({ path, outcome }: RunFolder): void {
  if (existsSync(join(path, DONE)) && existsSync(join(path, FAILED))) {
    throw damaged({ file: path, found: `${DONE} and ${FAILED}`, needed: 'one of them' })
  }
  const mark = readFileSync(join(path, outcome === 'done' ? DONE : FAILED), 'utf8').trim()
  expectSame(join(path, MANIFEST), 'its SHA-256', artifactOf(path, MANIFEST).sha256, mark)
}

function expectArtifact(path: string, { name, size, sha256 }: Listed): void {
  const place = join(path, name)
  if (!existsSync(place)) throw damaged({ file: place, found: 'nothing', needed: 'a file' })
  const found = artifactOf(path, name)
  expectSame(place, 'its size', found.size, size)
  expectSame(place, 'its SHA-256', found.sha256, sha256)
}

function unlisted({ path, manifest: { artifacts } }: RunFolder): readonly CodedError[] {
  const file = join(path, MANIFEST)
  if (artifacts === undefined) {
    return [damaged({ file, field: 'artifacts', found: 'nothing', needed: 'a list of files' })]
  }
  const known = new Set([MANIFEST, DONE, FAILED, ...artifacts.map(({ name }) => name)])
  return filesBelow(path)
    .filter((name) => !known.has(name))
    .map((name) => {
      const needed = `only what ${MANIFEST} lists`
      return damaged({ file: join(path, name), found: 'a file that is not listed', needed })
    })
}

/** The mark says how the run ended, and the hash of the definition is that of its parts. */
function expectManifest({ path, outcome, manifest }: RunFolder): void {
  const file = join(path, MANIFEST)
  expectSame(file, 'status', manifest.status ?? 'nothing', outcome)
  const { configFingerprint, dataHash, software, seed, code, dependencies } = manifest
  if (seed === undefined || code === undefined || dependencies === undefined) {
    const field = seed === undefined ? 'seed' : code === undefined ? 'code' : 'dependencies'
    throw damaged({ file, field, found: 'nothing', needed: 'a part of the definition' })
  }
  const strategies = manifest.strategies ?? (manifest.strategy ? [manifest.strategy] : [])
  const needed = runHash({
    configFingerprint,
    dataHash,
    strategies: strategies.map(({ identity }) => identity),
    seed,
    software,
    codeHash: code.hash,
    dependenciesHash: dependencies.hash,
  })
  expectSame(file, 'runHash', manifest.runHash ?? 'nothing', needed)
}

/** A log that could not be written ended the run: then it need not be whole. */
function expectLog({ path, outcome, manifest, hashes }: RunFolder): void {
  if (outcome === 'failed') return
  const file = join(path, EVENTS)
  const log = LogReader.open(file)
  const { damage, contradiction, closed, hash } = verifyLog(log)
  if (damage !== null) {
    const { byte, found } = damage
    throw broken({ file: damage.file, field: `byte ${byte}`, found, needed: 'a whole record' })
  }
  if (contradiction !== null) {
    const { first, last, found, needed } = contradiction
    throw broken({ file, field: `positions ${first} to ${last}`, found, needed })
  }
  if (!closed) throw broken({ file, found: 'no closing record', needed: 'a log that was closed' })
  const { configFingerprint } = log.header
  expectSame(file, 'configFingerprint', configFingerprint, manifest.configFingerprint)
  expectSame(file, 'eventLogHash', hash, hashes?.eventLogHash ?? 'nothing')
}

function expectSame(file: string, field: string, found: string | number, needed: string | number) {
  if (found === needed) return
  throw damaged({ file, field, found: String(found), needed: String(needed) })
}

const broken = (facts: ErrorFacts): CodedError => new CodedError('ESC_LOG_DAMAGED', facts)
const damaged = (facts: ErrorFacts): CodedError => new CodedError('ESC_RUN_DIRECTORY', facts)
