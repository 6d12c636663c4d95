import { afterAll, afterEach, beforeAll, expect, inject, test } from 'vitest'
import { axe } from './harness/axe'
import { type Visit, visit } from './harness/browser'
import { enter } from './harness/people'
import { zh } from './harness/texts'

// A company that asks its customers for a recommendation score has it count for
// loyalty: from the field to a level whose report says for whom it was missing.
const sample = inject('sample')
const score = '推荐意愿'
let v: Visit
let field = 0
const rated: number[] = []

async function call(method: string, path: string, data?: unknown) {
  const answer = await v.context.request.fetch(`/api/v1${path}`, { method, data })
  const text = await answer.text()
  if (!answer.ok()) throw new Error(`${method} ${path}: ${answer.status()} ${text}`)
  return text ? JSON.parse(text) : undefined
}

beforeAll(async () => {
  v = await visit(sample.url)
  await enter(v, sample.login, sample.password)
  field = (
    await call('POST', '/custom-fields', { code: 'nps', kind: 'number', name: { zh: score } })
  ).id
  const { items } = await call('GET', '/customers?limit=3&sort=-net_365')
  for (const c of items as { id: number }[]) {
    await call('PATCH', `/customers/${c.id}/fields`, { values: { nps: 10 } })
    rated.push(c.id)
  }
})
afterAll(async () => {
  for (const id of rated) await call('PATCH', `/customers/${id}/fields`, { values: { nps: null } })
  // What had values stays, out of use.
  if (field) await call('PATCH', `/custom-fields/${field}`, { retired: true })
  await v?.close()
})
afterEach(() => v.clean())

test('a field of the company is part of an axis, and the run tells for whom it was missing', async () => {
  const { page } = v
  await page.goto('/tiering/schemes')
  await page
    .getByRole('button', { name: zh('tiers.new.title') })
    .first()
    .click()
  const form = page.getByRole('dialog', { name: zh('tiers.new.title') })
  await form.getByLabel(zh('tiers.new.from'), { exact: true }).fill('自定义字段')
  const name = zh('tier.shipped.scheme.value-fields')
  await page
    .locator('.ant-select-dropdown:visible .ant-select-item-option')
    .filter({ hasText: name })
    .click()
  await form.getByRole('button', { name: zh('common.create'), exact: true }).click()
  await page.waitForURL(/\/tiering\/schemes\/value-fields$/)
  await page.getByText(score, { exact: true }).first().waitFor()
  const { violations } = await axe(page).include('main').analyze()
  expect(violations.filter((x) => x.impact === 'serious' || x.impact === 'critical')).toEqual([])
  await page.getByRole('button', { name: zh('tiers.run.start') }).click()
  await page.getByRole('button', { name: zh('tiers.run.start_now') }).click()
  await page.waitForURL(/\/tiering\/runs\/\d+$/)
  const run = Number(page.url().split('/').at(-1))
  await expect
    .poll(async () => (await call('GET', `/tiering/runs/${run}`)).status, { timeout: 60_000 })
    .toBe('finished')
  const { customers } = await call('GET', `/tiering/runs/${run}`)
  await page.reload()
  const value = (customers - rated.length).toLocaleString('en')
  const line = zh('tiers.basis.missing_line_other', { value, metric: score })
  await page.getByText(line).first().waitFor()
})
