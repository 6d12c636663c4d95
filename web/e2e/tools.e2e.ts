import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { axe } from './harness/axe'
import { type Visit, visit } from './harness/browser'
import { begin, choosePassword, signIn } from './harness/people'
import { newData, type Program } from './harness/program'
import { zh } from './harness/texts'

// A tool is set to begin by itself; a file of orders brings a customer to its
// stage, and the tool begins.
const password = 'Lynx-waits-8-doors'
const tool = '需求挖掘问卷'
const manager = '林晓燕'
let program: Program
let data: string
let v: Visit
let mine: Visit
let customer = 0

async function ask<T>(method: string, path: string, body?: object): Promise<T> {
  const answer = await v.context.request.fetch(`/api/v1${path}`, { method, data: body })
  expect(answer.ok(), `${method} ${path}: ${answer.status()} ${await answer.text()}`).toBe(true)
  const text = await answer.text()
  return (text ? JSON.parse(text) : undefined) as T
}

const until = (what: () => Promise<boolean>) =>
  vi.waitUntil(what, { timeout: 80_000, interval: 500 })

async function fitting(page: Page, part: string) {
  const { violations } = await axe(page).include(part).analyze()
  expect(violations.filter((x) => x.impact === 'serious' || x.impact === 'critical')).toEqual([])
  const wide = await page.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  )
  expect(wide, 'wider than the window').toBeLessThanOrEqual(0)
}

beforeAll(async () => {
  // Nothing begins by itself on the day on which the lifecycle begins. The two zones
  // are 25 hours apart: in the other one that day is over.
  const made = await newData({ ZHIKE_TIME_ZONE: 'Pacific/Pago_Pago' })
  data = made.data
  program = await made.serve()
  v = await visit(program.url)
  await begin(v.page, program, password)
  const day = async () => ask<{ day: string; begun: string }>('GET', '/lifecycle')
  await until(async () => (await day()).day !== '')
  await ask('PUT', '/settings', { time_zone: 'Pacific/Kiritimati' })
  await until(async () => {
    const { day: open, begun } = await day()
    return open > begun
  })
})
afterAll(async () => {
  await mine?.close()
  await v?.close()
  await program?.stop()
})
afterEach(() => {
  v.clean()
  mine?.clean()
})

describe('a tool that begins by itself', () => {
  test('is set in the settings of the lifecycle', async () => {
    const { page } = v
    const { version } = await ask<{ version: number }>('GET', '/lifecycle/config')
    await page.goto('/lifecycle/settings')
    await page.getByRole('button', { name: tool, exact: true }).click()
    const drawer = page.getByRole('dialog', { name: zh('steps.tool') })
    await drawer.getByLabel(zh('steps.due_of', { name: tool })).fill('3')
    const begins = drawer.getByLabel(zh('auto.switch'))
    await begins.click()
    await drawer.getByLabel(zh('auto.most')).fill('20')
    await drawer.getByText(zh('auto.from_note')).waitFor()
    await fitting(page, '.ant-drawer')
    await drawer.getByRole('button', { name: zh('lifecycles.move.take') }).click()
    await drawer.waitFor({ state: 'hidden' })
    await page.getByRole('button', { name: zh('common.save') }).click()
    await page.getByText(zh('lifecycles.settings.saved', { version: version + 1 })).waitFor()
    await page
      .getByText(zh('auto.today', { begun: 0, most: 20 }))
      .first()
      .waitFor()
  })

  test('can be read and set on a phone', async () => {
    const { page } = v
    await page.setViewportSize({ width: 390, height: 844 })
    await page.goto('/lifecycle/settings')
    const entry = page.getByRole('listitem').filter({ hasText: tool }).first()
    await entry.getByText(zh('auto.on')).waitFor()
    await fitting(page, 'main')
    await page.getByRole('button', { name: tool, exact: true }).click()
    const drawer = page.getByRole('dialog', { name: zh('steps.tool') })
    const begins = drawer.getByLabel(zh('auto.switch'))
    await begins.scrollIntoViewIfNeeded()
    expect(await begins.getAttribute('aria-checked')).toBe('true')
    const most = drawer.getByLabel(zh('auto.most'))
    expect(await most.inputValue()).toBe('20')
    await fitting(page, '.ant-drawer')
    // A number that cannot be read stays and is not taken.
    await most.fill('20abc')
    await drawer.getByRole('button', { name: zh('lifecycles.move.take') }).click()
    await drawer.getByText(zh('ui_typed.whole')).waitFor()
    expect(await most.inputValue()).toBe('20abc')
    await most.fill('２０')
    await drawer.getByRole('button', { name: zh('lifecycles.move.take') }).click()
    await drawer.waitFor({ state: 'hidden' })
    // What is always in sight takes one row.
    const bar = page.getByRole('button', { name: zh('common.save'), exact: true }).locator('..')
    expect((await bar.boundingBox())?.height).toBeLessThan(70)
    await page.getByRole('button', { name: zh('common.actions'), exact: true }).click()
    await page.getByRole('menuitem', { name: zh('ui_lifecycle.preview') }).waitFor()
    await page.keyboard.press('Escape')
    await page.setViewportSize({ width: 1440, height: 900 })
  })

  test('begins for whom a file of orders brings to its stage', async () => {
    const roles = await ask<{ items: { id: number; code: string }[] }>('GET', '/roles')
    const role = roles.items.find((r) => r.code === 'account_manager')
    const { staff, password: first } = await ask<{
      staff: { id: number }
      password: string
    }>('POST', '/staff', {
      login: 'linxy',
      name: manager,
      department_id: 1,
      role_ids: [role?.id],
    })
    mine = await visit(program.url)
    await mine.page.goto('/')
    await signIn(mine.page, 'linxy', first)
    await choosePassword(mine.page, first, password)
    await mine.page.getByRole('heading', { name: zh('nav.overview'), level: 1 }).waitFor()
    const made = await ask<{ id: number }>('POST', '/customers', {
      name: '周敏',
      owner_id: staff.id,
      contacts: [{ kind: 'phone', value: '13912345678' }],
    })
    customer = made.id

    const now = new Date(Date.now() + 14 * 3_600_000 - 60_000)
    const at = now.toISOString().slice(0, 19).replace('T', ' ')
    const rows = [1, 2, 3].map((n) => `A00${n},13912345678,${at},${n}00.00,面霜`)
    const file = join(data, 'orders.csv')
    await writeFile(file, ['订单编号,手机号,付款时间,实付金额,商品名称', ...rows].join('\n'))
    const { page } = v
    await page.goto('/imports/new')
    await page.locator('input[data-file]').setInputFiles(file)
    await page.getByRole('button', { name: zh('common.next') }).click()
    await page.getByRole('button', { name: zh('imports.start') }).click()
    await until(async () => {
      const tasks = await ask<{ items: { auto: boolean }[] }>(
        'GET',
        `/customers/${customer}/lifecycle/tasks`,
      )
      return tasks.items.length === 1 && tasks.items[0]?.auto === true
    })
  })

  test('is owed by who looks after the customer, until its deadline', async () => {
    const { page } = mine
    await page.goto('/steps')
    const owed = page.getByRole('main').getByText('周敏').first()
    await owed.waitFor()
    await fitting(page, 'main')
    await page.goto('/')
    await page.getByRole('link', { name: '周敏' }).first().click()
    await page.waitForURL(`**/customers/${customer}**`)
    await page.getByText(tool).first().waitFor()
  })
})
