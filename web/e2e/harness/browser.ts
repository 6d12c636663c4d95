import {
  type Browser,
  type BrowserContext,
  type BrowserContextOptions,
  type ConsoleMessage,
  chromium,
  type Page,
  type Request,
} from 'playwright-core'
import { expect, inject } from 'vitest'

declare module 'vitest' {
  export interface ProvidedContext {
    browser: string
    sample: { url: string; login: string; password: string; files: string }
  }
}

let shared: Promise<Browser> | undefined

/** The browser of the run; started once in setup.ts. */
export function browser(): Promise<Browser> {
  shared ??= chromium.connect(inject('browser'))
  return shared
}

/** Answers that belong to a journey although they are errors. */
interface Expected {
  status: number
  path: RegExp
}

/** A context whose pages are watched: what they log, break and ask for. */
export interface Visit {
  context: BrowserContext
  page: Page
  /** This error answer is part of the journey. */
  allow: (status: number, path: RegExp) => void
  /** Fails on anything a page logged as an error, and forgets it. */
  clean: () => void
  close: () => Promise<void>
}

const desktop = { width: 1440, height: 900 }

/** Opens a watched page. `url` is the server's origin: nothing else may be asked for anything. */
export async function visit(url: string, options: BrowserContextOptions = {}): Promise<Visit> {
  const context = await (await browser()).newContext({
    baseURL: url,
    viewport: desktop,
    locale: 'zh-CN',
    timezoneId: 'Asia/Shanghai',
    colorScheme: 'light',
    reducedMotion: 'reduce',
    acceptDownloads: true,
    ...options,
  })
  context.setDefaultTimeout(10_000)
  const faults: string[] = []
  // Before the sign-in the page asks who is signed in: that answer is no fault.
  const expected: Expected[] = [{ status: 401, path: /^\/api\/v1\/session$/ }]
  await context.addInitScript(() => {
    document.addEventListener('securitypolicyviolation', (event) => {
      // biome-ignore lint/suspicious/noConsole: the console is what is watched
      console.error(
        `policy violation: ${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}:${event.lineNumber}`,
      )
    })
  })
  context.on('request', (request) => {
    if (leaves(request, url)) faults.push(`request to elsewhere: ${request.url()}`)
  })
  context.on('weberror', (event) => {
    faults.push(`uncaught: ${event.error().stack ?? event.error().message}`)
  })
  context.on('console', (message) => {
    if (message.type() !== 'error' || isExpected(message, expected)) return
    faults.push(`console: ${message.text()} (${message.location().url})`)
  })
  const page = await context.newPage()
  return {
    context,
    page,
    allow: (status, path) => expected.push({ status, path }),
    clean: () => expect(faults.splice(0), 'errors in the browser').toEqual([]),
    close: () => context.close(),
  }
}

function leaves(request: Request, origin: string): boolean {
  const to = request.url()
  return !to.startsWith(`${origin}/`) && !/^(data|blob|about):/.test(to)
}

// The browser logs every answer of 400 and above; only the listed ones are all right.
function isExpected(message: ConsoleMessage, expected: Expected[]): boolean {
  const status = /the server responded with a status of (\d{3})/.exec(message.text())?.[1]
  if (!status) return false
  const { pathname } = new URL(message.location().url)
  return expected.some((e) => e.status === Number(status) && e.path.test(pathname))
}
