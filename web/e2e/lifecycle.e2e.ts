import { afterAll, afterEach, beforeAll, describe, expect, inject, test, vi } from 'vitest'
import { type Visit, visit } from './harness/browser'
import { enter } from './harness/people'
import { zh } from './harness/texts'

const sample = inject('sample')
let v: Visit

interface Overview {
  day: string
  evaluated_at: number
  stages: { code: string; name: string; customers: number }[]
}

async function get<T>(path: string): Promise<T> {
  const answer = await v.context.request.get(`/api/v1${path}`)
  expect(answer.status(), path).toBe(200)
  return answer.json()
}

beforeAll(async () => {
  v = await visit(sample.url)
  await enter(v, sample.login, sample.password)
  // Stages are worked out by themselves; those of whom a journey before made come within seconds.
  const from = Date.now()
  await vi.waitUntil(async () => (await get<Overview>('/lifecycle')).evaluated_at > from, {
    timeout: 80_000,
    interval: 1000,
  })
})
afterAll(() => v?.close())
afterEach(() => v.clean())

const thousands = (n: number) => n.toLocaleString('en-US')

describe('the lifecycle', () => {
  let customer = 0

  test('shows how many each stage has, and one click lists them', async () => {
    const { page } = v
    const { stages } = await get<Overview>('/lifecycle')
    const stage = stages.find((s) => s.customers > 0)
    if (!stage) throw new Error('nobody is in the lifecycle')
    await page.goto('/lifecycle')
    const card = page.locator(`main a[href="/customers?lifecycle=${stage.code}"]`).first()
    await card.getByText(thousands(stage.customers), { exact: true }).waitFor()
    await page.getByRole('heading', { name: zh('lifecycles.retention') }).waitFor()
    await card.click()
    await page.waitForURL(/\/customers\?/)
    const first = page.locator('main tr[data-row]').first()
    await first.waitFor()
    await page
      .getByRole('status')
      .filter({ hasText: zh('ui.table.total', { total: thousands(stage.customers) }) })
      .waitFor()
    const rule = encodeURIComponent(
      JSON.stringify({ field: 'lifecycle', op: 'in', value: [stage.code] }),
    )
    const list = await get<{ items: { id: number }[] }>(`/customers?limit=1&filter=${rule}`)
    customer = list.items[0]?.id ?? 0
    expect(customer).toBeGreaterThan(0)
  })

  test('lets a person decide about a customer, with a reason that stays in the history', async () => {
    const { page } = v
    await page.goto(`/customers/${customer}`)
    await page.getByRole('button', { name: zh('lifecycles.decide') }).click()
    const form = page.getByRole('dialog')
    await form.getByLabel(zh('lifecycles.stage'), { exact: true }).click()
    const { stages } = await get<Overview>('/lifecycle')
    const now = await get<{ stage: { code: string } }>(`/customers/${customer}/lifecycle`)
    const next = stages.find((s) => s.code !== now.stage.code)
    await page.locator('.ant-select-item-option', { hasText: next?.name }).first().click()
    await form.getByRole('button', { name: zh('common.save') }).click()
    await form.getByText(zh('lifecycles.decide.reason_missing')).waitFor()
    await form.getByLabel(zh('lifecycles.decide.reason')).fill('老客户介绍，需重点维护')
    await form.getByRole('button', { name: zh('common.save') }).click()
    await page.getByText(zh('lifecycles.decide.done')).waitFor()
    await page.getByRole('button', { name: zh('lifecycles.history') }).click()
    await page.getByRole('dialog').getByText('老客户介绍，需重点维护').waitFor()
  })

  test('is configured, and an earlier version comes back', async () => {
    const { page } = v
    const before = await get<{ version: number }>('/lifecycle/config')
    await page.goto('/lifecycle/settings')
    const name = page.getByLabel(zh('lifecycles.stages.name', { n: 1 }))
    const old = await name.inputValue()
    await name.fill(`${old}客户`)
    await page.getByLabel(zh('lifecycles.settings.note')).fill('统一叫法')
    await page.getByRole('button', { name: zh('common.save') }).click()
    const saved = before.version + 1
    await page.getByText(zh('lifecycles.settings.saved', { version: saved })).waitFor()
    await page.getByRole('link', { name: zh('lifecycles.settings.versions'), exact: true }).click()
    await page.locator('ins', { hasText: `${old}客户` }).waitFor()
    await page
      .getByRole('button', { name: zh('lifecycles.version', { version: before.version }) })
      .click()
    await page.getByRole('button', { name: zh('lifecycles.versions.restore') }).click()
    await page
      .getByRole('dialog')
      .getByRole('button', { name: zh('lifecycles.versions.restore') })
      .click()
    await page
      .getByText(zh('lifecycles.versions.restored', { version: before.version }))
      .first()
      .waitFor()
    await expect.poll(async () => (await get<Overview>('/lifecycle')).stages[0]?.name).toBe(old)
  })
})
