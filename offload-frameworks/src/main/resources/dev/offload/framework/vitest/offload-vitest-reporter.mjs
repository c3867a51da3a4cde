// Offload's reporter for vitest 2 and newer. It runs in vitest's main process, where it only puts our runner into every
// project's configuration; what happens to tests is told by that runner, from where they run.
import { readFileSync, realpathSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { channel } from './offload-vitest-channel.mjs'
import { Orders } from './offload-vitest-orders.mjs'

const folder = dirname(fileURLToPath(import.meta.url))
const program = dirname(realpathSync(process.argv[1]))
const plan = JSON.parse(readFileSync(join(folder, 'plan.json'), 'utf8'))
const state = {
  pid: process.pid,
  token: process.env.OFFLOAD_SIGNAL_TOKEN ?? '',
  base: process.cwd(),
  lists: plan.mode === 'list',
  runners: {},
}
delete process.env.OFFLOAD_SIGNAL_TOKEN
const send = channel(state)

const OLDEST = 2

// Old versions do not tell a reporter which they are.
function versionOf(vitest) {
  return String(vitest.version ?? JSON.parse(readFileSync(join(program, 'package.json'), 'utf8')).version)
}

export default class OffloadReporter {
  async onInit(vitest) {
    const version = versionOf(vitest)
    const major = Number.parseInt(version, 10)
    send({ hello: version })
    if (!(major >= OLDEST)) {
      this.refuse(`vitest ${OLDEST} or newer is needed, and this is vitest ${version}: npm install --save-dev vitest@latest`)
    }
    const dist = join(program, 'dist')
    const [, minor] = version.split('.').map(Number)
    state.runner = major > 4 || (major === 4 && minor >= 1)
      ? { path: join(dist, 'index.js'), name: 'TestRunner' }
      : { path: join(dist, 'runners.js'), name: 'VitestTestRunner' }
    for (const project of vitest.projects ?? []) {
      const name = typeof project.getName === 'function' ? project.getName() : project.name ?? ''
      const config = project.config
      if (config.browser?.enabled) {
        this.refuse(`${name ? `the project '${name}'` : 'the project'} runs its tests in a browser, which Offload cannot select`
          + ' tests in; leave it out with --project, or use type = "default"')
      }
      if (config.typecheck?.enabled && state.lists) {
        send({ warning: 'type tests (typecheck.enabled) are not run; run them with `vitest --typecheck.only`' })
      }
      if (config.runner) {
        state.runners[name] = config.runner
      }
      config.runner = join(folder, 'offload-vitest-runner.mjs')
    }
    writeFileSync(join(folder, 'state.json'), JSON.stringify(state), { mode: 0o600 })
    if (plan.mode === 'warm') {
      // vitest waits for its reporters before it looks for tests, so it never comes to that.
      await new Orders(vitest, state, this).work()
    }
  }

  // Makes ready for one more run of the same vitest.
  begin() {
    this.ended = false
    this.errors = 0
  }

  refuse(message) {
    send({ broken: { message, details: message } })
    process.exit(1)
  }

  // Up to vitest 3.
  onFinished(_files, errors = []) {
    this.end(errors)
  }

  onTestRunEnd(_modules, errors = []) {
    this.end(errors)
  }

  end(errors) {
    if (this.ended) {
      return
    }
    this.ended = true
    this.errors = errors.length
    for (const error of errors) {
      const about = error.VITEST_TEST_NAME ? ` (while '${error.VITEST_TEST_NAME}' ran)` : ''
      const text = String(error.stack || error.message || error)
      send({ unhandled: `${error.type ?? 'Error'}${about}: ${text}`, file: error.VITEST_TEST_PATH ?? '' })
    }
    send({ end: errors.length })
    writeFileSync(join(folder, 'ended'), '')
  }
}
