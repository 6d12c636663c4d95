import type { Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, inject, test, vi } from 'vitest'
import { axe } from './harness/axe'
import { type Visit, visit } from './harness/browser'
import { enter } from './harness/people'
import { zh } from './harness/texts'

// From who does a step of a tool to the step that is done, and from the
// configuration to an approved handbook and SOP, and back.
const sample = inject('sample')
const tool = '首单服务清单'
const step = '安排专属顾问并告知客户'
let v: Visit

async function read<T>(path: string): Promise<T> {
  const answer = await v.context.request.get(`/api/v1${path}`)
  expect(answer.status(), path).toBe(200)
  return answer.json()
}

async function accessible(page: Page, part = 'body') {
  const { violations } = await axe(page).include(part).analyze()
  expect(violations.filter((x) => x.impact === 'serious' || x.impact === 'critical')).toEqual([])
}

beforeAll(async () => {
  v = await visit(sample.url)
  await enter(v, sample.login, sample.password)
  await vi.waitUntil(async () => (await read<{ day: string }>('/lifecycle')).day !== '', {
    timeout: 80_000,
    interval: 1000,
  })
})
afterAll(() => v?.close())
afterEach(() => v.clean())

describe('a step of a tool', () => {
  test('is given to somebody with a time in working hours', async () => {
    const { page } = v
    const { version } = await read<{ version: number }>('/lifecycle/config')
    await page.goto('/lifecycle/settings')
    await page.getByRole('button', { name: tool, exact: true }).click()
    const drawer = page.getByRole('dialog', { name: zh('steps.tool') })
    const text = drawer.getByLabel(zh('steps.item_n', { n: 1 }), { exact: true })
    await text.fill(step)
    await drawer.getByLabel(zh('steps.who_of', { name: step })).click()
    await page
      .locator('.ant-select-dropdown:visible .ant-select-item-option')
      .filter({ hasText: zh('steps.who.opener') })
      .click()
    await drawer.getByLabel(zh('steps.due_of', { name: step })).fill('2')
    await drawer.getByLabel(zh('steps.unit_of', { name: step })).click()
    await page
      .locator('.ant-select-dropdown:visible .ant-select-item-option')
      .filter({ hasText: zh('steps.unit.hours') })
      .click()
    await accessible(page, '.ant-drawer')
    await drawer.getByRole('button', { name: zh('lifecycles.move.take') }).click()
    // What begins by itself has nobody who began it.
    await drawer.getByText(zh('errors.lifecycle.auto_opener')).waitFor()
    await drawer.getByRole('switch').click()
    await drawer.getByRole('button', { name: zh('lifecycles.move.take') }).click()
    await drawer.waitFor({ state: 'hidden' })
    await page.getByRole('button', { name: zh('common.save') }).click()
    await page.getByText(zh('lifecycles.settings.saved', { version: version + 1 })).waitFor()
  })

  test('stands on the record and in the list of whoever owes it, until it is done', async () => {
    const { page } = v
    const rule = JSON.stringify({ field: 'lifecycle', op: 'in', value: ['new'] })
    const { items } = await read<{ items: { id: number }[] }>(
      `/customers?limit=1&filter=${encodeURIComponent(rule)}`,
    )
    await page.goto(`/customers/${items[0]?.id}`)
    await page.getByRole('button', { name: zh('lifecycles.task.begin', { name: tool }) }).click()
    const drawer = page.getByRole('dialog', { name: tool })
    await drawer.getByText(step).waitFor()
    await drawer.getByText('管理员').first().waitFor()
    await page.goto('/')
    await page.getByRole('link', { name: zh('steps.rest') }).click()
    await page.waitForURL(/\/steps$/)
    const row = page.getByRole('row').filter({ hasText: step })
    await row.getByText('管理员').waitFor()
    await accessible(page)
    await row.getByRole('button', { name: zh('steps.finish') }).click()
    await page.getByText(zh('steps.done', { text: step })).waitFor()
    await row.waitFor({ state: 'hidden' })
  })
})

describe.each(['handbook', 'sop'])('the %s', (kind) => {
  test('says what is configured, is approved, kept as a file, and withdrawn', async () => {
    const { page } = v
    await page.goto(`/lifecycle/${kind}`)
    await page.getByText(step).first().waitFor()
    await page.getByText('2 个工作小时内').first().waitFor()
    await page.getByText(zh('manuals.draft'), { exact: true }).waitFor()
    await page.getByRole('button', { name: zh('manuals.approve'), exact: true }).click()
    const approve = page.getByRole('dialog')
    await approve.getByLabel(zh('manuals.approve.note')).fill('同意')
    await approve.getByRole('button', { name: zh('manuals.approve'), exact: true }).click()
    await page.getByText(zh('manuals.approved'), { exact: true }).waitFor()
    const [file] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: zh('manuals.export_docx') }).click(),
    ])
    expect(file.suggestedFilename()).toMatch(/^lifecycle-.*\.docx$/)
    await page.getByRole('button', { name: zh('manuals.withdraw'), exact: true }).click()
    const withdraw = page.getByRole('dialog')
    await withdraw.getByRole('button', { name: zh('manuals.withdraw'), exact: true }).click()
    await withdraw.getByText(zh('manuals.withdraw.missing')).waitFor()
    await withdraw.getByLabel(zh('manuals.withdraw.reason')).fill('责任人写错了')
    await accessible(page, '.ant-drawer')
    await withdraw.getByRole('button', { name: zh('manuals.withdraw'), exact: true }).click()
    await page.getByText(zh('manuals.withdrawn'), { exact: true }).first().waitFor()
    await page.getByText('责任人写错了').first().waitFor()
    await page.getByRole('button', { name: zh('manuals.approve'), exact: true }).waitFor()
    await accessible(page)
  })
})
