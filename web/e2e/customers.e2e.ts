import { afterAll, afterEach, beforeAll, describe, expect, inject, test } from 'vitest'
import { axe } from './harness/axe'
import { type Visit, visit } from './harness/browser'
import { enter } from './harness/people'
import { like, zh } from './harness/texts'

interface Row {
  id: number
  name: string
  phone: string | null
  net_365_fen: number
  last_day: string
  level: { code: string; name: string } | null
}

const sample = inject('sample')
let v: Visit
/** The best customers, as the list shows them first. */
let best: Row[]

beforeAll(async () => {
  v = await visit(sample.url)
  await enter(v, sample.login, sample.password)
  best = (await list('sort=-net_365&limit=200')).items
})
afterAll(() => v?.close())
afterEach(() => v.clean())

async function list(query: string): Promise<{ items: Row[]; total: number }> {
  const answer = await v.context.request.get(`/api/v1/customers?${query}`)
  expect(answer.status()).toBe(200)
  return answer.json()
}

const rows = () => v.page.locator('main tr[data-row]')
const ids = () => rows().evaluateAll((all) => all.map((r) => Number(r.getAttribute('data-row'))))
const total = () => v.page.getByRole('status').filter({ hasText: like('ui.table.total') })

// First letters of the pinyin, by where a character stands in the order of pinyin.
const first = '阿八嚓哒妸发旮哈讥咔垃痳拏噢妑七呥扨它穵夕丫帀'
const letters = 'abcdefghjklmnopqrstwxyz'
const order = new Intl.Collator('zh-Hans-CN-u-co-pinyin')
function initials(name: string): string {
  return [...name]
    .map((c) => letters[[...first].findLastIndex((f) => order.compare(f, c) <= 0)] ?? '')
    .join('')
}

describe('the list of customers', () => {
  test('finds a person by the initials of the name', async () => {
    // Family names and given names of one reading only.
    const person = best.find((c) => /^[王李张刘陈杨赵黄周吴][\u4e00-\u9fff]{2}$/.test(c.name))
    if (!person) throw new Error('no suitable name among the best customers')
    const { page } = v
    await page.goto('/customers')
    await rows().first().waitFor()
    expect((await ids())[0]).toBe(best[0]?.id)
    await page.getByRole('textbox', { name: zh('customers.search') }).fill(initials(person.name))
    await page.waitForURL(/[?&]q=/)
    await page.locator(`tr[data-row="${person.id}"]`).waitFor()
    const found = await list(`q=${initials(person.name)}&sort=-net_365&limit=20`)
    await expect.poll(ids).toEqual(found.items.map((c) => c.id))
    expect(found.total).toBeLessThan(200)
    await page.getByRole('button', { name: zh('ui.table.clear_filters') }).click()
    await expect.poll(async () => (await ids())[0]).toBe(best[0]?.id)
  })

  test('narrows to a level', async () => {
    const level = best[0]?.level
    if (!level) throw new Error('the best customer has no level')
    const { page } = v
    const want = await list(`level=${level.code}&limit=1`)
    await page.getByRole('button', { name: zh('common.filter'), exact: true }).click()
    const drawer = page.getByRole('dialog', { name: zh('ui_list.filter.title') })
    await drawer.getByRole('combobox', { name: zh('ui_list.filter.field') }).click()
    await page.keyboard.type(zh('list.field.level'))
    await page.keyboard.press('Enter')
    await drawer.getByRole('combobox', { name: zh('list.field.level'), exact: true }).click()
    await page.keyboard.type(level.name)
    await page.keyboard.press('Enter')
    await drawer.getByRole('button', { name: zh('ui_list.filter.apply') }).click()
    await page.waitForURL(/[?&]f=/)
    await drawer.waitFor({ state: 'hidden' })
    await total()
      .filter({ hasText: want.total.toLocaleString('en-US') })
      .waitFor()
    for (const text of await rows().allInnerTexts()) expect(text).toContain(level.name)
  })

  test('sorts and turns the page', async () => {
    const { page } = v
    const head = page.getByRole('columnheader', { name: zh('customer.column.last_day') })
    await head.getByRole('button').click()
    await expect.poll(() => head.getAttribute('aria-sort')).toBe('descending')
    const code = best[0]?.level?.code
    const want = (await list(`level=${code}&sort=-last_day&limit=40`)).items.map((c) => c.id)
    await expect.poll(ids).toEqual(want.slice(0, 20))
    await page.getByRole('button', { name: zh('ui.table.next') }).click()
    await expect.poll(ids).toEqual(want.slice(20, 40))
    await page.getByRole('button', { name: zh('ui.table.previous') }).click()
    await expect.poll(ids).toEqual(want.slice(0, 20))
  })

  test('says by what it is sorted, and has its columns chosen on a phone', async () => {
    const { page } = v
    const spend = zh('list.field.net_all')
    const said = page.getByText(
      zh('ui_sort.sorted_two', {
        first: zh('ui.table.descending', { column: spend }),
        second: zh('ui.table.ascending', { column: zh('list.field.last_day') }),
      }),
    )
    // No column shows it: words do, on a wide screen as well.
    await page.goto('/customers?view=all&sort=-net_all,last_day')
    await said.waitFor()
    await page.setViewportSize({ width: 390, height: 844 })
    await said.waitFor()
    const sort = page.locator('main .ant-select').filter({ hasText: spend })
    await sort.getByText(zh('ui_sort.down')).waitFor()
    await page.getByRole('button', { name: zh('ui_list.columns.title') }).click()
    const sheet = page.getByRole('dialog', { name: zh('ui_list.columns.title') })
    await sheet.getByLabel(zh('ui_list.columns.find')).fill(spend)
    await sheet.getByRole('checkbox', { name: spend, exact: true }).click()
    await sheet.getByLabel(zh('ui_list.columns.find')).fill('')
    await sheet.getByRole('button', { name: zh('ui.move_up', { name: spend }) }).waitFor()
    const { violations } = await axe(page).include('.ant-drawer').analyze()
    expect(violations.filter((x) => x.impact === 'serious' || x.impact === 'critical')).toEqual([])
    await sheet.getByRole('button', { name: zh('ui_list.columns.done') }).click()
    await sheet.waitFor({ state: 'hidden' })
    await page.locator('main li[data-row] dt', { hasText: spend }).first().waitFor()
    await said.waitFor({ state: 'hidden' })
    expect(new URL(page.url()).searchParams.get('cols')?.split(',')).toContain('net_all')
    await page.setViewportSize({ width: 1440, height: 900 })
  })
})

describe('one customer', () => {
  let person: Row

  test('opens beside the list and on a page of its own', async () => {
    const found = best.find((c) => c.phone)
    if (!found) throw new Error('no customer with a phone')
    person = found
    const { page } = v
    await page.goto('/customers')
    await page.locator(`tr[data-row="${person.id}"]`).getByRole('link').first().click()
    const drawer = page.getByRole('dialog')
    await drawer.getByText(person.name).first().waitFor()
    await drawer.getByRole('heading', { name: zh('customers.level.title') }).waitFor()
    await drawer.getByRole('link', { name: zh('customers.open_page') }).click()
    await page.waitForURL(`**/customers/${person.id}`)
    await page.getByRole('heading', { name: person.name, level: 1 }).waitFor()
    await page.getByRole('heading', { name: zh('customers.windows') }).waitFor()
  })

  test('shows a phone in clear on request only, and puts that on record', async () => {
    const { page } = v
    const label = zh('customers.contact.phone')
    const masked = person.phone ?? ''
    await page.getByText(masked, { exact: true }).first().waitFor()
    expect(masked).toContain('*')
    await page
      .getByRole('button', { name: zh('customers.reveal.show_label', { label }) })
      .first()
      .click()
    const clear = page.getByRole('status').filter({ hasText: /^[\d\s+-]{8,}$/ })
    await clear.waitFor()
    expect((await clear.innerText()).replace(/\D/g, '').slice(-2)).toBe(masked.slice(-2))
    await page.goto('/settings/audit')
    const record = page.getByRole('row').filter({ hasText: zh('audit.action.customer.reveal') })
    await record.first().waitFor()
    expect(await record.first().innerText()).toContain(String(person.id))
  })

  test('is found from everywhere with the keyboard', async () => {
    const { page } = v
    await page.goto('/')
    await page.getByRole('heading', { name: zh('nav.overview'), level: 1 }).waitFor()
    await page.keyboard.press('Control+k')
    const field = page.getByRole('combobox', { name: zh('ui.palette.placeholder') })
    await field.waitFor()
    await page.keyboard.type(person.name)
    const hit = page.getByRole('option').filter({ hasText: person.name }).first()
    await hit.waitFor()
    await page.keyboard.press('Enter')
    await page.waitForURL(/\/customers\/\d+$/)
    await page.getByRole('heading', { name: person.name, level: 1 }).waitFor()
  })
})
