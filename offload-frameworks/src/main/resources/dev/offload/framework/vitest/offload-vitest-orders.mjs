// Keeps one vitest for many batches, in its main process: takes orders one after the other, as Offload's `WarmProtocol`
// says, and has vitest run the files of each as a run of its own.
import { readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join, relative, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { words } from './offload-vitest-channel.mjs'

const folder = dirname(fileURLToPath(import.meta.url))
const orders = join(folder, '..', '..', '..')
const END = '\nend of order\n'
const QUICK_MS = 3
const SLOW_MS = 50
const QUICK_FOR_MS = 5000
const MEBIBYTE = 1024 * 1024

function contentOf(file) {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    if (error.code === 'ENOENT') {
      return ''
    }
    throw error
  }
}

async function order(number) {
  const file = join(orders, `order-${number}`)
  const began = Date.now()
  for (;;) {
    const text = contentOf(file)
    if (text.endsWith(END)) {
      rmSync(file)
      const [batch, ...lines] = text.slice(0, -END.length).split('\n')
      return { batch, text: lines.join('\n') }
    }
    const pause = Date.now() - began < QUICK_FOR_MS ? QUICK_MS : SLOW_MS
    await new Promise(resolve => setTimeout(resolve, pause))
  }
}

function flushed(stream) {
  return new Promise(resolve => stream.write('', resolve))
}

const keyOf = (project, file) => `${project}\n${file}`

export class Orders {
  constructor(vitest, state, reporter) {
    this.vitest = vitest
    this.reporter = reporter
    this.say = words(state)
    this.base = realpathSync(state.base)
    this.specifications = new Map()
  }

  async work() {
    for (let number = 1; ; number++) {
      const { batch, text } = await order(number)
      if (text === 'stop') {
        return this.stop()
      }
      await this.batch(batch, JSON.parse(text))
      await flushed(process.stdout)
      await flushed(process.stderr)
      const memory = Math.round(process.memoryUsage.rss() / MEBIBYTE)
      this.say(`@done ${number} ${process.exitCode ?? 0} ${memory}`, true)
    }
  }

  async batch(name, plan) {
    const { vitest } = this
    process.env.OFFLOAD_BATCH_ID = name
    process.exitCode = undefined
    writeFileSync(join(folder, 'plan.json'), JSON.stringify({ ...plan, batch: name }), { mode: 0o600 })
    // Failures of earlier batches must not count for this one.
    for (const known of [vitest.state.filesMap, vitest.state.idMap, vitest.state.pathsSet]) {
      known?.clear()
    }
    this.reporter.begin()
    try {
      const specifications = await this.select(plan)
      if (specifications.length === 0) {
        console.error('No test files found')
        process.exitCode = 1
      } else if (vitest.runTestSpecifications) {
        await vitest.runTestSpecifications(specifications, true)
      } else {
        await vitest.runFiles(specifications, true)
      }
    } catch (error) {
      process.exitCode = 1
      vitest.logger.printError(error, { fullStack: true, type: 'Unhandled Error' })
      await this.leave()
    }
    if (this.reporter.errors > 0) {
      // Whatever it was, it may have damaged more than this batch.
      await this.leave()
    }
  }

  // The files of the plan as vitest knows them, which looks for files again when one is new.
  async select(plan) {
    const wanted = [...new Set(plan.tests.map(test => keyOf(test.project, test.file)))]
    if (wanted.some(key => !this.specifications.has(key))) {
      const { vitest } = this
      const all = await (vitest.globTestSpecifications ? vitest.globTestSpecifications() : vitest.globTestSpecs())
      for (const specification of all) {
        const file = relative(this.base, realpathSync(specification.moduleId)).split(sep).join('/')
        this.specifications.set(keyOf(specification.project.name ?? '', file), specification)
      }
    }
    return wanted.map(key => this.specifications.get(key)).filter(Boolean)
  }

  // Ends the process as if the batch had been its only one.
  async leave() {
    try {
      await this.vitest.exit(true)
    } catch (error) {
      console.error(error)
      process.exit(1)
    }
  }

  // Ends the process in good order. What goes wrong now belongs to no test any more, so it is told as it is.
  async stop() {
    const { logger } = this.vitest
    const { error } = logger
    const note = problems => {
      const text = problems.map(one => String(one?.message ?? one)).join(' ').replace(/\s+/g, ' ')
      this.say(`@note vitest could not end well: ${text.slice(0, 1000)}`)
    }
    logger.error = (...problems) => {
      note(problems)
      error.apply(logger, problems)
    }
    process.exitCode = 0
    try {
      await this.vitest.exit(true)
    } catch (problem) {
      note([problem])
      process.exit(0)
    }
  }
}
