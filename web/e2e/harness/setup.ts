import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chromium } from 'playwright-core'
import type { TestProject } from 'vitest/node'
import { binary } from './program'
import { serveSample } from './sample'

const executable = process.env.ZHIKE_TEST_CHROMIUM ?? '/usr/bin/chromium'

/** One browser and one sample company for all files; the files reach both by their address. */
export default async function setup(project: TestProject) {
  binary()
  if (!existsSync(executable)) {
    throw new Error(
      `no browser at ${executable}: install Debian's chromium and fonts-noto-cjk, or name another in ZHIKE_TEST_CHROMIUM`,
    )
  }
  const downloads = await mkdtemp(join(tmpdir(), 'zhike-e2e-browser-'))
  const server = await chromium.launchServer({
    executablePath: executable,
    headless: true,
    downloadsPath: downloads,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  })
  project.provide('browser', server.wsEndpoint())
  const tidy = async () => {
    await server.close()
    await rm(downloads, { recursive: true, force: true })
  }
  try {
    const { stop, url, admin_login, password, files } = await serveSample()
    project.provide('sample', { url, login: admin_login, password, files })
    return async () => {
      await tidy()
      await stop()
    }
  } catch (error) {
    await tidy()
    throw error
  }
}
