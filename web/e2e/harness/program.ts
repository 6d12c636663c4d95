import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** What `zhike serve --json` says once it listens; the password only while nobody has changed it. */
export interface Started {
  url: string
  admin_login: string
  admin_password: string
}

/** A program of its own with a data folder of its own. */
export interface Program extends Started {
  /** Runs a command of the same binary on the same data. */
  command: (...args: string[]) => Promise<string>
  stop: () => Promise<void>
  /** Ends the process alone: the folder stays, to be served again. */
  end: () => Promise<void>
}

/** The built program: `ZHIKE_TEST_BIN`, or what `make build` leaves in `bin/`. */
export function binary(): string {
  const path = resolve(process.env.ZHIKE_TEST_BIN ?? '../bin/zhike')
  if (!existsSync(path)) {
    throw new Error(
      `no program at ${path}: build it with "make build", or name another in ZHIKE_TEST_BIN`,
    )
  }
  return path
}

// Settings of the person who runs the tests must not reach the program under test.
function environment(data: string, more: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const env = Object.fromEntries(
    Object.entries(process.env).filter(([key]) => !key.startsWith('ZHIKE_')),
  )
  return { ...env, ...more, ZHIKE_DATA: data, ZHIKE_LOCALE: 'zh-CN' }
}

/** A new data folder and the binary on it, with settings. `stop` of the program removes the folder. */
export async function newData(more: NodeJS.ProcessEnv = {}): Promise<{
  data: string
  command: Program['command']
  serve: () => Promise<Program>
  remove: () => Promise<void>
}> {
  const path = binary()
  const data = await mkdtemp(join(tmpdir(), 'zhike-e2e-'))
  const env = environment(data, more)
  const command = async (...args: string[]) => {
    const { stdout } = await run(path, args, {
      cwd: data,
      env,
      timeout: 120_000,
      maxBuffer: 16 << 20,
    })
    return stdout
  }
  const remove = () => rm(data, { recursive: true, force: true, maxRetries: 3 })
  const serve = async () => {
    const child = spawn(path, ['serve', '--json', '--addr', '127.0.0.1:0'], {
      cwd: data,
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    const started = await firstDocument(child)
    return {
      ...started,
      command,
      end: () => end(child),
      stop: async () => {
        await end(child)
        await remove()
      },
    }
  }
  return { data, command, serve, remove }
}

/** A program on an empty data folder. */
export const serveEmpty = async () => (await newData()).serve()

// The JSON document that a started server prints on its standard output.
function firstDocument(child: ChildProcess): Promise<Started> {
  return new Promise((done, fail) => {
    let out = ''
    let err = ''
    const late = setTimeout(() => {
      child.kill('SIGKILL')
      fail(new Error(`the server did not start within 40 s\n${err}`))
    }, 40_000)
    child.stderr?.on('data', (chunk) => {
      // Its end is enough to tell why a start failed; a long log must not pile up.
      err = (err + chunk).slice(-4000)
    })
    child.stdout?.on('data', (chunk) => {
      out += chunk
      try {
        const value = JSON.parse(out) as Started
        clearTimeout(late)
        done(value)
      } catch {
        // The rest of the document is on its way.
      }
    })
    child.once('error', fail)
    child.once('exit', (code) => {
      clearTimeout(late)
      fail(new Error(`the server ended with ${code}\n${err}`))
    })
  })
}

// Asks the process to stop, and ends it where it does not.
async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const gone = new Promise((done) => child.once('exit', done))
  child.kill('SIGTERM')
  const late = setTimeout(() => child.kill('SIGKILL'), 10_000)
  await gone
  clearTimeout(late)
}
