import { CodedError } from '@escapement/core'
import { Command, CommanderError } from 'commander'
import { backtestCommand } from './backtest.command.ts'
import { calibrateCommand } from './calibrate.command.ts'
import { convertCommand } from './convert.command.ts'
import { diffCommand } from './diff.command.ts'
import { experimentCommand } from './experiment.command.ts'
import { explainCommand } from './explain.command.ts'
import { logCommand } from './log.command.ts'
import { machinesCommand } from './machines.command.ts'
import { Output, softwareVersion } from './output.ts'
import { replayCommand } from './replay.command.ts'
import { rerunCommand } from './rerun.command.ts'
import { storageCommand } from './storage.command.ts'
import { sweepCommand } from './sweep.command.ts'
import { tablesCommand } from './tables.command.ts'
import { verifyCommand } from './verify.command.ts'

/**
 * The command line: the one place that composes runtime and adapters.
 * Exit 0 ok, 1 failed, 2 bad input. One JSON object on stdout with --json; logs on stderr.
 */
async function main(argv: readonly string[]): Promise<number> {
  const output = new Output(argv.includes('--json'))
  try {
    await program(output).parseAsync([...argv], { from: 'user' })
  } catch (cause) {
    if (cause instanceof CommanderError) {
      if (cause.exitCode === 0) return 0
      const isBare = cause.code === 'commander.help'
      const found = isBare ? 'no command' : cause.message.replace(/^error: /, '')
      output.refuse(new CodedError('ESC_USAGE', { found, hint: 'see escapement --help' }))
    } else output.refuse(cause)
  }
  return output.exitCode
}

function program(output: Output): Command {
  const root = new Command('escapement')
    .description('A deterministic trading runtime: backtests whose hash is the same anywhere.')
    .version(softwareVersion())
    .exitOverride()
    .configureOutput({ writeErr: () => undefined })
  const command = (usage: string, description: string) =>
    root
      .command(usage)
      .description(description)
      .option('--json', 'print one JSON object on stdout')
      .exitOverride()
      .configureOutput({ writeErr: () => undefined })
  command('backtest [config]', 'run a backtest; without a configuration, the built-in first run')
    .option('--data <file>', 'market data in place of what the configuration names')
    .option('--seed <n>', 'seed in place of the one in the configuration')
    .option('--out <dir>', 'run directory; default runs/<name>-<fingerprint>-<n>')
    .option('--log <market>', 'market rows by reference, or full: copied into the event log')
    .option('--sync <when>', 'make the event log durable: at-end, always, or every <n>ms')
    .option('--snapshots <n>', 'keep a snapshot of State about every n positions')
    .action((config, flags) => backtestCommand(config, flags, output))
  command('sweep <config>', 'run a backtest at many points: ranges, lists, chance, windows')
    .option('--workers <n>', 'threads; default one for each core')
    .option('--out <dir>', 'folder of the experiment; default runs/<id>')
    .option('--plan', 'say what would be run, and run nothing')
    .option('--max-runs <n>', 'runs that are allowed; default 10000')
    .option('--resume', 'go on with an experiment that was interrupted, or try failed runs again')
    .option('--keep <which>', 'event logs kept: of all runs, of failed ones (default) or of none')
    .action((config, flags) => sweepCommand(config, flags, output))
  command(
    'experiment <action> <dir> [run]',
    'status, list, show or cancel: from what is written',
  ).action((action, dir, run) => experimentCommand(action, dir, run, output))
  command('convert <in> <out>', 'convert market data: raw capture, npz, npy or dataset')
    .option('--format <format>', 'dataset, npz or npy; default by the ending of <out>')
    .option('--stitch', 'raw captures: repair a snapshot that is older than its diffs')
    .option('--symbol <symbol>', 'the symbol a capture must hold')
    .action((from, to, flags) => convertCommand(from, to, flags, output))
  command('replay <run>', 'replay the Event Stream of a run, with no Venue and no timers')
    .option(
      '--verify [what]',
      'compare what is recomputed with what was recorded; all: every State',
    )
    .option('--to <position>', 'stop after that position and show State there')
    .option('--base <dir>', 'folder from which relative paths of the run start, if it moved')
    .action((run, flags) => replayCommand(run, flags, output))
  command(
    'diff <a> <b>',
    'name the first position at which two runs differ, and what differs there',
  )
    .option('--base <dir>', 'folder from which relative paths of the runs start, if they moved')
    .action((a, b, flags) => diffCommand(a, b, flags, output))
  command('rerun <run>', 'run what a run directory recorded again, and say whether it is the same')
    .option('--out <dir>', 'run directory; default runs/<name>-<fingerprint>-<n>')
    .option('--base <dir>', 'folder from which relative paths of the run start, if it moved')
    .action((run, flags) => rerunCommand(run, flags, output))
  command(
    'verify <run>',
    'check that a run directory is whole: every file, its hash, the event log',
  ).action((run) => verifyCommand(run, output))
  command('explain <run> <order>', 'repeat a run and tell why an order of it was filled, or not')
    .option('--rows <n>', 'rows shown of each run of rows that moved the queue, or all; default 12')
    .option('--base <dir>', 'folder from which relative paths of the run start, if it moved')
    .action((run, order, flags) => explainCommand(run, order, flags, output))
  command('log <run>', 'say what the event log of a run holds, and whether it is sound')
    .option('--verify', 'exit 1 where it is damaged')
    .option('--repair', 'cut a torn end, and keep the bytes beside it; only once the run is over')
    .option('--to <file>', 'write its positions as JSON lines to a file ending in .jsonl')
    .option('--from <position>', 'first position that is written')
    .option('--until <position>', 'last position that is written')
    .option('--expand', 'write each market Event; needs the data of the run, or a full log')
    .option('--base <dir>', 'folder from which relative paths of the run start, if it moved')
    .action((run, flags) => logCommand(run, flags, output))
  command('calibrate <source>', 'fit the queue model to the fate of recorded orders in a market')
    .option(
      '--orders <csv>',
      'the orders; without it <source> is a run directory, which has its own',
    )
    .option('--horizon <s>', 'seconds for which an order is followed; default the longest stay')
    .option('--seed <n>', 'seed of the bootstrap; default 1')
    .option('--resamples <n>', 'draws of the bootstrap; default 1000')
    .option('--out <svg>', 'draw the scores and the fill times')
    .option('--base <dir>', 'folder from which relative paths of the run start, if it moved')
    .action((source, flags) => calibrateCommand(source, flags, output))
  command('storage <action> <location>', 'scrub or list a storage: a folder, or s3://bucket/prefix')
    .option('--class <class>', 'one class in place of all')
    .option('--prefix <prefix>', 'list: keys that begin with it')
    .option('--endpoint <url>', 'server of s3:// other than AWS')
    .option('--region <region>', 'region of s3://; default that of the environment')
    .action((action, location, flags) => storageCommand(action, location, flags, output))
  command(
    'tables <run>',
    'write what a run recorded as tables: fills, orders, equity, metrics, ...',
  )
    .option('--out <dir>', 'folder of the tables; default <run>/tables')
    .option('--format <format>', 'parquet, csv or json; default parquet')
    .option('--interval <s>', 'seconds between samples of equity for returns; default 1')
    .option('--days-per-year <n>', 'annualise ratios, with so many days of 24 hours a year')
    .option('--market', "take the mids of markouts from the run's data, not from its decisions")
    .option('--base <dir>', 'folder from which relative paths of the run start, if it moved')
    .action((run, flags) => tablesCommand(run, flags, output))
  command('machines [action] [target]', 'list, draw or check the machines, or those of a module')
    .option('--table', 'draw: with states and transition table, as Markdown')
    .action((action = 'list', target, flags) => machinesCommand(action, target, flags, output))
  return root
}

// Whoever reads our output may stop early, as `head` does; that is no failure of ours.
process.stdout.on('error', (cause: NodeJS.ErrnoException) => {
  if (cause.code !== 'EPIPE') throw cause
  process.exit(0)
})

process.exitCode = await main(process.argv.slice(2))
