import { mkdirSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { type Visit, visit } from './harness/browser'
import { enter } from './harness/people'
import { zh } from './harness/texts'

// The pictures of the README, of the sample company. Made on demand, since they
// change with every machine's fonts: ZHIKE_PICTURES=1 npm run e2e -- pictures
const folder = resolve('../docs/images')
const sample = inject('sample')
let v: Visit

describe.skipIf(!process.env.ZHIKE_PICTURES)('pictures', () => {
  beforeAll(async () => {
    mkdirSync(folder, { recursive: true })
    v = await visit(sample.url)
    await enter(v, sample.login, sample.password)
  })
  afterAll(() => v?.close())

  async function take(name: string) {
    const path = join(folder, `${name}.png`)
    // Charts draw themselves in.
    await v.page.waitForTimeout(1500)
    await v.page.screenshot({ path, animations: 'disabled' })
    expect(statSync(path).size).toBeLessThan(400_000)
  }

  test.each([
    ['overview', '/', 'nav.overview'],
    ['report', '/tiering/report', 'tiers.report.title'],
    ['customers', '/customers', 'nav.customers.list'],
  ])('%s', async (name, path, heading) => {
    await v.page.goto(path)
    await v.page.getByRole('heading', { name: zh(heading), level: 1 }).waitFor()
    await v.page.getByRole('main').locator('h2, [data-row]').first().waitFor()
    await take(name)
  })

  test('audience', async () => {
    const { page } = v
    const answer = await v.context.request.post('/api/v1/audiences/shipped/lapsing', {
      data: {},
      headers: { Origin: sample.url },
    })
    const { id } = (await answer.json()) as { id: number }
    await page.goto(`/audiences/${id}`)
    // The weeks before are recounted one after the other.
    await page.getByText(zh('audiences.sizes_past_note')).waitFor()
    await take('audience')
  })

  test('import', async () => {
    const { page } = v
    await page.goto('/imports/new')
    await page.locator('input[data-file]').setInputFiles(join(sample.files, 'orders-tmall.csv'))
    await page.getByText(zh('imports.upload.done')).waitFor()
    await page.getByRole('button', { name: zh('common.next') }).click()
    await page.getByRole('heading', { name: zh('imports.columns') }).waitFor()
    await take('import')
  })
})
