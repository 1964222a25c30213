/** Where things lie in an experiment's store. Results and evidence of failures never share a folder. */
export const PLAN = 'plan.json'
export const EXPERIMENT = 'experiment.json'
export const RESULT = 'result.json'
/** Written by who wants the experiment to stop; runs under way are finished. */
export const CANCEL = '_CANCEL'
/** Last of the evidence of a failed attempt. */
export const FAILED = '_FAILED'

/** The results of the experiment as a whole, published. */
export const summaryFolder = 'results'
export const groupFolder = (group: string): string => `groups/${group}`
/** `run` is `<group>/<sweep>`. */
export const runFolder = (run: string): string => `runs/${run}`
export const attemptsFolder = (run: string): string => `failed/${run}`
export const attemptFolder = (run: string, attempt: number): string =>
  `${attemptsFolder(run)}/attempt_${String(attempt).padStart(4, '0')}`
