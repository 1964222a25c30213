import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { CodedError, type ErrorFacts } from '@escapement/core'
import { artifactOf, filesBelow } from '../../adapters/run-directory/artifacts.ts'
import { DONE, EVENTS, FAILED, MANIFEST } from '../../adapters/run-directory/run-directory.ts'
import { readConfig } from '../config/read-config.ts'
import { expectSummary, type RunFolder, type RunManifest } from './recorded-run.ts'
import { runHash } from './run-manifest.ts'
import { verifyLog } from './verify-log.ts'

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
    ...problemsOf(() => expectOneMark(path)),
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

function expectOneMark(path: string): void {
  if (!existsSync(join(path, DONE)) || !existsSync(join(path, FAILED))) return
  throw damaged({ file: path, found: `${DONE} and ${FAILED}`, needed: 'one of them' })
}

function expectArtifact(path: string, { file, sha256, bytes }: Listed): void {
  const place = join(path, file)
  if (!existsSync(place)) throw damaged({ file: place, found: 'nothing', needed: 'a file' })
  const found = artifactOf(path, file)
  expectSame(place, 'its size', found.bytes, bytes)
  expectSame(place, 'its SHA-256', found.sha256, sha256)
}

function unlisted({ path, manifest: { artifacts } }: RunFolder): readonly CodedError[] {
  const file = join(path, MANIFEST)
  if (artifacts === undefined) {
    return [damaged({ file, field: 'artifacts', found: 'nothing', needed: 'a list of files' })]
  }
  const known = new Set([MANIFEST, DONE, FAILED, ...artifacts.map((listed) => listed.file)])
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
  const { header, eventLogHash } = verifyLog(file)
  expectSame(file, 'configFingerprint', header.configFingerprint, manifest.configFingerprint)
  expectSame(file, 'eventLogHash', eventLogHash, hashes?.eventLogHash ?? 'nothing')
}

function expectSame(file: string, field: string, found: string | number, needed: string | number) {
  if (found === needed) return
  throw damaged({ file, field, found: String(found), needed: String(needed) })
}

const damaged = (facts: ErrorFacts): CodedError => new CodedError('ESC_RUN_DIRECTORY', facts)
