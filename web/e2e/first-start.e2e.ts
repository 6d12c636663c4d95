import { existsSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { type Visit, visit } from './harness/browser'
import { choosePassword, signIn } from './harness/people'
import { type Program, serveEmpty } from './harness/program'
import { zh } from './harness/texts'

// Real orders of a shop; not part of the project.
const orders = resolve('../../shared/data/cn_orders/cn_orders.xlsx')
const rows = 28_832
const password = 'Heron-reads-5-maps'

let program: Program
let v: Visit

beforeAll(async () => {
  program = await serveEmpty()
  v = await visit(program.url)
})
afterAll(async () => {
  await v?.close()
  await program?.stop()
})
afterEach(() => v.clean())

describe('first start', () => {
  test('the generated password must be replaced', async () => {
    const { page } = v
    await page.goto('/')
    await page.waitForURL('**/login')
    await expect.poll(() => page.title()).toContain(zh('login.title'))
    await signIn(page, program.admin_login, program.admin_password)
    await choosePassword(page, program.admin_password, password)
    await page.getByRole('heading', { name: zh('nav.overview'), level: 1 }).waitFor()
  })

  test('the workbench shows the way to the first import', async () => {
    const { page } = v
    await page.getByRole('heading', { name: zh('overview.first.title') }).waitFor()
    await page.getByText(zh('overview.first.one')).waitFor()
    await page.getByRole('button', { name: zh('overview.import') }).click()
    await page.waitForURL('**/imports/new')
    await page.getByRole('heading', { name: zh('imports.new'), level: 1 }).waitFor()
  })

  test('lists and the report say what comes first', async () => {
    const { page } = v
    v.allow(404, /^\/api\/v1\/tiering\//)
    await page.goto('/customers')
    await page.getByRole('heading', { name: zh('customers.first.title') }).waitFor()
    await page.goto('/imports')
    await page.getByRole('heading', { name: zh('imports.first.title') }).waitFor()
    await page.goto('/tiering/report')
    await page.getByRole('heading', { name: zh('tiers.first.title') }).waitFor()
  })
})

// Without the file the journey says nothing; where tests must be complete that is a failure.
describe.skipIf(!existsSync(orders) && !process.env.CI)('real orders', () => {
  test('a dropped workbook is recognised', async () => {
    const { page } = v
    expect(existsSync(orders), `no file ${orders}`).toBe(true)
    await page.goto('/imports/new')
    const target = page.getByRole('button', { name: zh('imports.file.drop') })
    await target.waitFor()
    const transfer = await page.evaluateHandle((base64) => {
      const bytes = Uint8Array.from(atob(base64), (c) => c.charCodeAt(0))
      const data = new DataTransfer()
      data.items.add(new File([bytes], 'cn_orders.xlsx'))
      return data
    }, readFileSync(orders).toString('base64'))
    await target.dispatchEvent('dragover', { dataTransfer: transfer })
    await target.dispatchEvent('drop', { dataTransfer: transfer })
    await page.getByText(zh('imports.upload.done')).waitFor()
    await page.getByRole('button', { name: zh('common.next') }).click()
    await page.getByRole('heading', { name: zh('imports.columns') }).waitFor()
    const met = page.getByRole('list', { name: zh('imports.needs') })
    for (const need of ['buyer', 'date', 'amount']) {
      await met.getByText(zh(`imports.need.${need}`), { exact: true }).waitFor()
    }
    expect(await page.locator('main table tbody tr').count()).toBeGreaterThan(3)
  })

  test('the import runs and every row is accounted for', async () => {
    const { page } = v
    await page.getByRole('button', { name: zh('imports.start') }).click()
    await page.waitForURL(/\/imports\/\d+$/)
    await page
      .getByRole('listitem')
      .filter({ hasText: zh('import.status.running') })
      .waitFor()
    await page.getByRole('heading', { name: zh('imports.next') }).waitFor({ timeout: 50_000 })
    const id = /\d+$/.exec(page.url())?.[0]
    const made = await (await v.context.request.get(`/api/v1/imports/${id}`)).json()
    expect(made.rows_read).toBe(rows)
    expect(made.accepted + made.rejected + made.unchanged).toBe(rows)
    // The page tells the same figures as the server.
    const main = page.getByRole('main')
    for (const figure of [made.rows_read, made.accepted, made.rejected]) {
      await main.getByText(figure.toLocaleString('en-US'), { exact: true }).first().waitFor()
    }
  })

  test('the customers are graded as of the last day of the file', async () => {
    const { page } = v
    await page.getByRole('link', { name: zh('imports.next.grade') }).click()
    await page.waitForURL('**/tiering/runs')
    await page
      .getByRole('button', { name: zh('tiers.run.start') })
      .first()
      .click()
    const form = page.getByRole('dialog')
    const day = form.getByLabel(zh('tiers.head.as_of'))
    await day.fill('2019-06-30')
    await day.press('Enter')
    await form.getByRole('button', { name: zh('tiers.run.start_now') }).click()
    await page.waitForURL(/\/tiering\/runs\/\d+/)
    await page.getByRole('heading', { name: zh('tiers.levels.title') }).waitFor()
    expect(await page.getByRole('main').innerText()).toContain('2019-06-30')
  })

  test('the report tells the levels and their revenue', async () => {
    const { page } = v
    await page.goto('/tiering/report')
    await page.getByRole('heading', { name: zh('tiers.levels.title') }).waitFor()
    const report = await (await v.context.request.get('/api/v1/tiering/runs?limit=1')).json()
    const run = report.items[0]
    expect(run.scheme).toBe('value-rules')
    expect(run.as_of).toBe('2019-06-30')
    const detail = await (await v.context.request.get(`/api/v1/tiering/runs/${run.id}`)).json()
    const main = page.getByRole('main')
    expect(detail.summary.levels.length).toBeGreaterThan(2)
    const cards = main
      .getByRole('region')
      .or(main.locator('section'))
      .filter({ has: page.getByRole('heading', { name: zh('tiers.levels.title') }) })
      .getByRole('listitem')
    expect(detail.summary.revenue_fen).toBeGreaterThan(0)
    for (const level of detail.summary.levels) {
      const card = cards.filter({ hasText: level.name }).first()
      expect(await card.innerText()).toContain(level.customers.toLocaleString('en-US'))
    }
  })

  test('the report leaves as a workbook and as a page to print', async () => {
    const { page } = v
    const [saved] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: zh('common.export_xlsx') }).click(),
    ])
    expect(saved.suggestedFilename()).toMatch(/\.xlsx$/)
    const chunks: Buffer[] = []
    for await (const chunk of await saved.createReadStream()) chunks.push(chunk)
    const file = Buffer.concat(chunks)
    expect(file.subarray(0, 2).toString()).toBe('PK')
    expect(file.length).toBeGreaterThan(10_000)
    const [print] = await Promise.all([
      v.context.waitForEvent('page'),
      page.getByRole('link', { name: zh('common.print') }).click(),
    ])
    await print.getByText(zh('report.fact.as_of'), { exact: true }).first().waitFor()
    await print
      .getByRole('heading', { name: zh('report.section.levels') })
      .first()
      .waitFor()
    await print.close()
  })
})
