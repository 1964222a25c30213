import { expect, test } from 'vitest'
import { run } from './kit/repository.ts'
import { registryAnswers } from './kit/workbench.ts'

/** The image of Containerfile, built in plain directories; see scripts/check-container.ts. */
const online = registryAnswers()
if (!online) process.stderr.write('container: the npm registry does not answer, build skipped\n')

test.skipIf(!online)(
  'the image holds the runtime alone, and runs a backtest without being root',
  () => {
    const { code, stdout, stderr } = run('npm', ['run', '--silent', 'check:container'])
    expect(code, stdout + stderr).toBe(0)
    expect(stdout.split('\n').filter((line) => line.startsWith('ok  '))).toHaveLength(6)
  },
)
