import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Extractor, ExtractorConfig, ExtractorLogLevel } from '@microsoft/api-extractor'
import { copyWorkingTree, linkDependencies } from './working-copy.ts'

/**
 * Writes `etc/<package>.api.md`: every public name of the Core and of the machines with its
 * signature, so that a change of the surface shows in a diff. Run it with `npm run docs:api-report`;
 * a test fails when a report drifts, or when a name in it has no docstring.
 */
const repository = fileURLToPath(new URL('..', import.meta.url))
/** In the order in which they must be built. */
export const reportedPackages = ['machines', 'core'] as const

/** Builds the packages as for publishing, in a copy, and leaves the reports in `reportFolder`. */
export function writeApiReports(reportFolder: string): void {
  const copy = mkdtempSync(join(tmpdir(), 'escapement-api-'))
  try {
    copyWorkingTree(repository, copy, 'machines', 'core', 'tsconfig.base.json')
    linkDependencies(repository, copy)
    mkdirSync(reportFolder, { recursive: true })
    for (const name of reportedPackages) {
      build(join(copy, name))
      report(join(copy, name), name, reportFolder)
    }
  } finally {
    rmSync(copy, { recursive: true, force: true })
  }
}

function build(folder: string): void {
  const compiler = join(repository, 'node_modules/typescript/bin/tsc')
  const args = [compiler, '-p', 'tsconfig.build.json', '--emitDeclarationOnly']
  const { status, stdout } = spawnSync(process.execPath, args, { cwd: folder, encoding: 'utf8' })
  if (status !== 0) throw new Error(`tsc in ${folder}: ${stdout}`)
}

function report(folder: string, name: string, reportFolder: string): void {
  const config = ExtractorConfig.prepare({
    configObjectFullPath: join(folder, 'api-extractor.json'),
    packageJsonFullPath: join(folder, 'package.json'),
    configObject: {
      projectFolder: folder,
      mainEntryPointFilePath: join(folder, 'dist/index.d.ts'),
      newlineKind: 'lf',
      compiler: { tsconfigFilePath: join(folder, 'tsconfig.build.json') },
      apiReport: {
        enabled: true,
        reportFileName: name,
        reportFolder,
        reportTempFolder: join(folder, 'temp'),
      },
      docModel: { enabled: false },
      dtsRollup: { enabled: false },
      tsdocMetadata: { enabled: false },
      messages: {
        compilerMessageReporting: { default: { logLevel: ExtractorLogLevel.Error } },
        extractorMessageReporting: { default: { logLevel: ExtractorLogLevel.None } },
        tsdocMessageReporting: { default: { logLevel: ExtractorLogLevel.None } },
      },
    },
  })
  const { succeeded } = Extractor.invoke(config, {
    localBuild: true,
    showVerboseMessages: false,
    messageCallback: (message) => {
      // Its own news are for a terminal; a drift is found by the test that compares the reports.
      if (message.logLevel !== ExtractorLogLevel.Error) message.handled = true
    },
  })
  if (!succeeded) throw new Error(`no report of ${name}`)
}

export const readReport = (reportFolder: string, name: string): string =>
  readFileSync(join(reportFolder, `${name}.api.md`), 'utf8')

if (process.argv[1] === fileURLToPath(import.meta.url)) writeApiReports(join(repository, 'etc'))
