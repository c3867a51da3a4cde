// Offload's runner for vitest 2 and newer: vitest's own, or the project's, which lists tests or lets only the planned
// ones run, and tells how they go. It runs where the tests run.
import { readFileSync, realpathSync } from 'node:fs'
import { dirname, join, relative, sep } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { stripVTControlCharacters } from 'node:util'
import { channel } from './offload-vitest-channel.mjs'

const folder = dirname(fileURLToPath(import.meta.url))
const state = JSON.parse(readFileSync(join(folder, 'state.json'), 'utf8'))
const send = channel(state)
const OUTPUT_CHARS = 64 * 1024

// What to do with the files that come next; a process may get several plans, one after the other.
let plan = { tests: [] }

function readPlan() {
  plan = JSON.parse(readFileSync(join(folder, 'plan.json'), 'utf8'))
  if (plan.batch) {
    process.env.OFFLOAD_BATCH_ID = plan.batch
  }
}

const baseOf = {}

async function importDefault(path) {
  const url = path.startsWith('/') ? pathToFileURL(path).href : path
  return (await import(/* @vite-ignore */ url)).default
}

const vitests = (await import(/* @vite-ignore */ pathToFileURL(state.runner.path).href))[state.runner.name]
for (const [name, path] of Object.entries(state.runners)) {
  baseOf[name] = await importDefault(path)
}

function real(path) {
  try {
    return realpathSync(path)
  } catch {
    return path
  }
}

const base = real(state.base)

function fileName(file) {
  return relative(base, real(file.filepath)).split(sep).join('/')
}

function titles(task) {
  const names = []
  for (let at = task; at && at !== at.file && at.filepath === undefined; at = at.suite) {
    names.unshift(at.name)
  }
  return names
}

function* testsOf(suite) {
  for (const task of suite.tasks) {
    if (task.type === 'suite') {
      yield* testsOf(task)
    } else {
      yield task
    }
  }
}

// What vitest itself takes for a mistake, unless it is told to pass without tests.
function* emptySuites(suite) {
  for (const task of suite.tasks) {
    if (task.type === 'suite' && runs(task)) {
      if (testsOf(task).next().done) {
        yield task
      } else {
        yield* emptySuites(task)
      }
    }
  }
}

function emptiness(file) {
  if (!file.tasks.length) {
    return [`No test suite found in file ${file.filepath}`]
  }
  return [...emptySuites(file)].map(suite => `No test found in suite ${titles(suite).join(' > ')}`)
}

// Tests of a file whose labels are the same, be it that a title holds the separator, are told apart by their order.
function* identified(file) {
  const seen = new Map()
  for (const test of testsOf(file)) {
    const names = titles(test)
    const label = names.join(' > ')
    const twin = seen.get(label) ?? 0
    seen.set(label, twin + 1)
    yield { test, names, label, twin }
  }
}

const runs = task => task.mode === 'run' || task.mode === 'queued'

// A suite none of whose tests runs is skipped, so that its hooks do not run either.
function settle(suite) {
  for (const task of suite.tasks) {
    if (task.type === 'suite') {
      settle(task)
    }
  }
  if (runs(suite) && suite.tasks.every(task => !runs(task))) {
    suite.mode = 'skip'
  }
}

function clean(text) {
  return stripVTControlCharacters(String(text ?? ''))
}

// Without the frames of vitest and other packages, as vitest itself shows it.
function shortened(stack) {
  return clean(stack).split('\n').filter(line => !/^\s+at .*(\/node_modules\/|<anonymous>|\(?node:internal)/.test(line)).join('\n')
}

function errorText(error) {
  const head = `${error.name || 'Error'}: ${error.message ?? ''}`
  const stack = shortened(error.stack)
  const text = [stack.includes(clean(error.message)) && stack ? stack : clean(head) + (stack ? `\n${stack}` : '')]
  if (error.diff) {
    text.push(clean(error.diff))
  }
  for (let cause = error.cause, depth = 0; cause && depth < 5; cause = cause.cause, depth++) {
    text.push(`Caused by: ${shortened(cause.stack || cause.message || cause)}`)
  }
  return text.join('\n\n')
}

function failure(errors) {
  const first = errors[0] ?? {}
  const line = clean(first.message).split('\n')[0]
  const name = clean(first.name || 'Error')
  return {
    message: line.startsWith(name) ? line : `${name}: ${line}`,
    details: errors.map(errorText).join('\n\n'),
  }
}

// What runs now in this worker, with what it printed and what went wrong beside it.
const running = new Map()
let held

function current() {
  return running.size === 1 ? running.values().next().value : undefined
}

function keep(name, chunk) {
  const run = current()
  if (run && run[name].length < OUTPUT_CHARS) {
    run[name] += typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString('utf8')
  }
}

const listened = new WeakSet()

function listen(stream, name) {
  if (!stream || typeof stream.write !== 'function' || listened.has(stream)) {
    return
  }
  listened.add(stream)
  const write = stream.write
  stream.write = function (chunk, ...rest) {
    keep(name, chunk)
    return write.call(this, chunk, ...rest)
  }
}

// A test may put other streams in their place, so this is looked at again before each test. Where the console writes to
// the process's own streams it is heard there.
function listenToOutput() {
  listen(process.stdout, 'stdout')
  listen(process.stderr, 'stderr')
  const own = globalThis.console
  if (own?._stdout !== process.stdout) {
    listen(own?._stdout, 'stdout')
  }
  if (own?._stderr !== process.stderr) {
    listen(own?._stderr, 'stderr')
  }
}

// What went wrong beside the tests while none ran.
let ownerless = []

function stray(kind, error) {
  const run = current() ?? held
  const strays = run?.strays ?? ownerless
  strays.push({ name: kind, message: String(error?.message ?? error), stack: error?.stack })
}

// vitest's listener keeps still when there is another one, and so does ours when there is a third, of the project.
const OURS_AND_VITESTS = 2

if (!state.lists) {
  process.on('unhandledRejection', error => {
    if (process.listeners('unhandledRejection').length <= OURS_AND_VITESTS) {
      stray('Unhandled rejection', error)
    }
  })
  process.on('uncaughtExceptionMonitor', error => stray('Uncaught exception', error))
}

// Tests may put fake timers in their place.
const { setImmediate } = globalThis
const straysSettle = () => new Promise(resolve => setImmediate(resolve))

function finish(run, outcome, more = {}) {
  if (run.told) {
    return
  }
  run.told = true
  const result = run.test.result ?? {}
  send({
    finished: run.index,
    outcome,
    duration: (result.duration ?? 0) / 1000,
    stdout: clean(run.stdout),
    stderr: clean(run.stderr),
    ...more,
  })
}

function conclude(run) {
  const result = run.test.result ?? {}
  const errors = result.state === 'fail' ? result.errors ?? [] : []
  if (result.state === 'skip' || run.test.mode === 'skip') {
    finish(run, 'skipped', { message: result.note ?? '', details: result.note ?? '' })
  } else if (result.state === 'fail') {
    finish(run, 'failed', failure(errors))
  } else if (run.strays.length && !run.ignoresStrays) {
    finish(run, 'errored', failure(run.strays))
  } else if (run.late) {
    finish(run, 'errored', run.late)
  } else {
    finish(run, 'passed')
  }
}

export function runnerOf(Base) {
  return class OffloadRunner extends Base {
    async onBeforeCollect(paths) {
      readPlan()
      await super.onBeforeCollect?.(paths)
    }

    // Listing and planning are done here, after vitest has decided about `only`, `skip` and the name pattern.
    async onBeforeRunFiles(files) {
      for (const file of files) {
        if (state.lists) {
          this.list(file)
        } else {
          this.select(file)
        }
        settle(file)
      }
      await super.onBeforeRunFiles?.(files)
    }

    project() {
      return typeof this.config.name === 'object' ? this.config.name?.label ?? '' : this.config.name ?? ''
    }

    list(file) {
      const name = fileName(file)
      if (file.result?.state === 'fail') {
        send({ error: { file: name, project: this.project(), ...failure(file.result.errors ?? []) } })
        return
      }
      const empty = this.config.passWithNoTests ? [] : emptiness(file)
      if (empty.length) {
        send({ error: { file: name, project: this.project(), ...failure(empty.map(message => ({ message }))) } })
      }
      const pattern = this.config.testNamePattern
      const tests = []
      for (const { test, names, label, twin } of identified(file)) {
        if (!pattern || names.join(' ').match(pattern)) {
          tests.push([label, twin, test.location?.line ?? 0])
        }
        test.mode = 'skip'
      }
      send({ file: name, project: this.project(), tests })
    }

    select(file) {
      const name = fileName(file)
      const project = this.project()
      const wanted = new Map()
      for (const test of plan.tests) {
        if (test.file === name && test.project === project) {
          wanted.set(`${test.twin} ${test.label}`, test.index)
        }
      }
      this.planned ??= new Map()
      this.config.passWithNoTests = true
      if (!wanted.size) {
        // A file whose path holds that of another; what is wrong with it does not concern this batch.
        file.result = undefined
      }
      if (file.result?.state === 'fail') {
        for (const index of wanted.values()) {
          send({ started: index })
          send({ finished: index, outcome: 'errored', ...failure(file.result.errors ?? []) })
        }
        return
      }
      for (const { test, label, twin } of identified(file)) {
        const key = `${twin} ${label}`
        const index = wanted.get(key)
        if (index === undefined) {
          test.mode = 'skip'
          continue
        }
        wanted.delete(key)
        const ignoresStrays = Boolean(this.config.dangerouslyIgnoreUnhandledErrors)
        const run = { index, test, stdout: '', stderr: '', strays: [], ignoresStrays }
        this.planned.set(test, run)
        if (!runs(test)) {
          send({ started: index })
          finish(run, 'skipped', { message: test.mode === 'todo' ? 'todo' : '' })
        }
      }
      if (wanted.size) {
        send({ diagnosis: `${name} has no such test any more: ${[...wanted.keys()].join(', ')}` })
      }
    }

    async onBeforeRunTask(test) {
      this.flush()
      const run = this.planned?.get(test)
      if (run && runs(test)) {
        this.release()
        listenToOutput()
        running.set(test, run)
        run.strays.push(...ownerless.splice(0))
        send({ started: run.index })
      }
      await super.onBeforeRunTask?.(test)
    }

    async onAfterRunTask(test) {
      await super.onAfterRunTask?.(test)
      const run = running.get(test)
      if (run) {
        await straysSettle()
        this.ended(run)
      }
    }

    // A pass is kept back until the next test begins, or until its file is done: what a hook does after the last test has
    // to be red somewhere.
    ended(run) {
      running.delete(run.test)
      this.release()
      if (run.test.result?.state === 'pass') {
        held = run
      } else {
        conclude(run)
      }
    }

    release() {
      if (held) {
        conclude(held)
        held = undefined
      }
    }

    // A test that skips itself while it runs ends without a hook.
    flush() {
      for (const run of [...running.values()]) {
        if (run.test.result?.state === 'skip' || run.test.mode === 'skip') {
          this.ended(run)
        }
      }
    }

    async onAfterRunSuite(suite) {
      await super.onAfterRunSuite?.(suite)
      if (state.lists) {
        return
      }
      this.flush()
      const errors = suite.result?.errors ?? []
      if (errors.length) {
        this.blame(suite, failure(errors))
      }
      if (suite === suite.file || suite.filepath !== undefined) {
        await straysSettle()
        this.release()
      }
    }

    // A hook of the suite failed: before its tests, they could not be judged; after them, the last one is to be red.
    blame(suite, why) {
      let unjudged = 0
      for (const test of testsOf(suite)) {
        const run = this.planned?.get(test)
        if (run && !run.told && run !== held) {
          unjudged++
          send({ started: run.index })
          finish(run, 'errored', why)
        }
      }
      if (!unjudged && held) {
        held.late = { ...why, message: `after the tests of its file or suite: ${why.message}` }
      }
    }
  }
}

// vitest makes one runner from the default export; which project it serves is known only then.
export default function OffloadRunner(config) {
  const name = typeof config.name === 'object' ? config.name?.label ?? '' : config.name ?? ''
  return new (runnerOf(baseOf[name] ?? vitests))(config)
}
