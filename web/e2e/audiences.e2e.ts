import { afterAll, afterEach, beforeAll, describe, expect, inject, test } from 'vitest'
import { type Visit, visit } from './harness/browser'
import { enter } from './harness/people'
import { like, zh } from './harness/texts'

const sample = inject('sample')
let v: Visit

beforeAll(async () => {
  v = await visit(sample.url)
  await enter(v, sample.login, sample.password)
})
afterAll(() => v?.close())
afterEach(() => v.clean())

async function get<T>(path: string): Promise<T> {
  const answer = await v.context.request.get(`/api/v1${path}`)
  expect(answer.status(), path).toBe(200)
  return answer.json()
}

async function post<T>(path: string, data: object): Promise<T> {
  const answer = await v.context.request.post(`/api/v1${path}`, {
    data,
    headers: { Origin: sample.url },
  })
  expect(answer.ok(), `${path}: ${await answer.text()}`).toBe(true)
  return answer.json()
}

const rows = () => v.page.locator('main tr[data-row]')
const thousands = (n: number) => n.toLocaleString('en-US')

interface Shipped {
  code: string
  name: string
  missing: string[]
}

describe('an audience that comes with the program', () => {
  let id: number
  let shipped: Shipped
  let size: number

  test('says how many it means, and becomes one of the company', async () => {
    const { page } = v
    const { items } = await get<{ items: Shipped[] }>('/audiences/shipped?industry=retail')
    const found = items.find((s) => s.missing.length === 0)
    if (!found) throw new Error('no shipped audience can be used')
    shipped = found
    size = (await get<{ count: number }>(`/audiences/shipped/${shipped.code}?industry=retail`))
      .count
    expect(size).toBeGreaterThan(0)

    await page.goto('/audiences')
    await page.getByRole('heading', { name: zh('nav.audiences'), level: 1 }).waitFor()
    await page
      .getByRole('button', { name: zh('audiences.new') })
      .first()
      .click()
    await page.getByRole('menuitem', { name: zh('audiences.new.shipped') }).click()
    await page.waitForURL('**/audiences/shipped')
    const card = page.locator(`[data-shipped="${shipped.code}"]`)
    await card
      .getByRole('button', { name: zh('audiences.shipped.count_of', { name: shipped.name }) })
      .click()
    await card
      .getByRole('status')
      .filter({ hasText: thousands(size) })
      .waitFor()
    await card
      .getByRole('button', {
        name: zh('audiences.shipped.use_of', { name: shipped.name }),
        exact: true,
      })
      .click()
    await page.waitForURL(/\/audiences\/\d+$/)
    id = Number(new URL(page.url()).pathname.split('/').at(-1))
    await page.getByRole('heading', { name: shipped.name, level: 1 }).waitFor()
    await page.getByText(thousands(size), { exact: true }).first().waitFor()
  })

  test('shows its profile, as a table too', async () => {
    const { page } = v
    const figure = page
      .getByRole('figure')
      .filter({ hasText: zh('list.field.level') })
      .first()
    // The first question of all is answered before the values are in memory.
    await figure.getByRole('button', { name: zh('ui.chart.as_table') }).click({ timeout: 30_000 })
    const link = figure.getByRole('link').first()
    const level = await link.innerText()
    await link.click()
    await page.waitForURL(/\/customers\?/)
    // The address changes before the page does, and the profile has rows, too.
    await page.getByRole('heading', { name: zh('nav.customers.list'), level: 1 }).waitFor()
    await rows().first().waitFor()
    for (const text of await rows().allInnerTexts()) expect(text).toContain(level)
    await page.goBack()
  })

  test('lists its members, and says why one is in it', async () => {
    const { page } = v
    await page.getByRole('link', { name: zh('audiences.tab.members') }).click()
    await rows().first().waitFor()
    await page
      .getByRole('status')
      .filter({ hasText: zh('ui.table.total', { total: thousands(size) }) })
      .waitFor()
    await page
      .getByRole('button', { name: like('audiences.why') })
      .first()
      .click()
    const drawer = page.getByRole('dialog')
    await drawer.getByText(zh('ui_audience_builder.explain.in')).first().waitFor()
    await page.keyboard.press('Escape')
    await drawer.waitFor({ state: 'hidden' })
  })

  test('is laid over another, and both make a third', async () => {
    const { page } = v
    const other = await post<{ id: number; name: string }>('/audiences', {
      name: '有手机号的客户',
      kind: 'dynamic',
      rule: { field: 'has_phone', op: 'is', value: true },
    })
    await page.goto(`/audiences/overlap?ids=${id},${other.id}`)
    // Two audiences are circles; what is in each part stands beside them.
    const parts = page.getByRole('figure').getByRole('listitem')
    await parts.first().waitFor()
    expect(await parts.count()).toBe(3)
    await page.getByRole('button', { name: zh('audiences.combine') }).click()
    const drawer = page.getByRole('dialog')
    await drawer
      .getByRole('radio', { name: new RegExp(zh('audiences.combine.op.intersection')) })
      .check()
    await drawer.getByLabel(zh('common.name'), { exact: true }).fill('能打电话的')
    await drawer.getByRole('button', { name: zh('common.save') }).click()
    await page.waitForURL(/\/audiences\/\d+$/)
    await page.getByRole('heading', { name: '能打电话的', level: 1 }).waitFor()
  })

  test('is archived although it is used, and brought back', async () => {
    const { page } = v
    await page.goto(`/audiences/${id}?tab=uses`)
    await page.getByRole('link', { name: '能打电话的' }).waitFor()
    await page.getByRole('button', { name: zh('audiences.acts', { name: shipped.name }) }).click()
    await page.getByRole('menuitem', { name: zh('audiences.archive') }).click()
    await page
      .getByRole('dialog')
      .getByRole('button', { name: zh('audiences.archive') })
      .click()
    const restore = page.getByRole('main').getByRole('button', { name: zh('audiences.restore') })
    await restore.click()
    await restore.waitFor({ state: 'hidden' })
  })
})

describe('an audience whose field is retired', () => {
  test('says so, and keeps the field from being deleted', async () => {
    const { page } = v
    const field = await post<{ id: number }>('/custom-fields', {
      code: 'gone_score',
      kind: 'number',
      name: { zh: '会没有的分', en: 'Score that goes' },
    })
    const { id } = await post<{ id: number }>('/audiences', {
      name: '字段会没有的',
      kind: 'dynamic',
      rule: { field: 'f.gone_score', op: 'gte', value: 1 },
    })
    const at = `/api/v1/custom-fields/${field.id}`
    const headers = { Origin: sample.url }
    const retired = await v.context.request.patch(at, { data: { retired: true }, headers })
    expect(retired.status()).toBe(200)
    await page.goto(`/audiences/${id}`)
    await page.getByText(zh('errors.rule.field_retired', { field: '会没有的分' })).waitFor()
    const refused = await v.context.request.delete(at, { headers })
    expect(refused.status()).toBe(409)
    expect(await refused.text()).toContain('字段会没有的')
    const audience = `/api/v1/audiences/${id}`
    await page.goto('/audiences') // which asks nothing of what goes
    expect((await v.context.request.delete(audience, { headers })).status()).toBe(204)
    expect((await v.context.request.delete(at, { headers })).status()).toBe(204)
  })
})

describe('a static list', () => {
  test('takes customers from a selection, and numbers that are pasted', async () => {
    const { page } = v
    await page.goto('/customers')
    await rows().first().waitFor()
    for (const at of [0, 1]) await rows().nth(at).getByRole('checkbox').check()
    await page.getByRole('button', { name: zh('audiences.list.add'), exact: true }).click()
    const drawer = page.getByRole('dialog')
    await drawer.getByText(zh('audiences.list.fresh'), { exact: true }).click()
    await drawer.getByLabel(zh('common.name'), { exact: true }).fill('回访名单')
    await drawer.getByRole('button', { name: zh('audiences.list.submit') }).click()
    await drawer.waitFor({ state: 'hidden' })

    const { items } = await get<{ items: { id: number; size: number | null }[] }>(
      `/audiences?kind=static&q=${encodeURIComponent('回访名单')}`,
    )
    await page.goto(`/audiences/${items[0]?.id}?tab=members`)
    await rows().first().waitFor()
    expect(await rows().count()).toBe(2)
    await page.getByRole('button', { name: zh('audiences.add.title') }).click()
    const adding = page.getByRole('dialog')
    await adding.getByText(zh('audiences.add.paste'), { exact: true }).click()
    await adding.getByRole('textbox', { name: zh('audiences.add.paste') }).fill('00000000')
    await adding.getByRole('button', { name: zh('audiences.add.check') }).click()
    const file = page.waitForEvent('download')
    await adding.getByRole('button', { name: zh('audiences.add.download', { count: 1 }) }).click()
    expect((await file).suggestedFilename()).toMatch(/\.csv$/)
    await adding
      .getByRole('button', { name: zh('common.close') })
      .last()
      .click()
    await rows().nth(0).getByRole('checkbox').check()
    await page.getByRole('button', { name: zh('audiences.list.remove') }).click()
    await expect.poll(() => rows().count(), { timeout: 5_000 }).toBe(1)
  })
})

describe('the filter of the customer list', () => {
  test('keeps conditions on facts, says them and hands them to an audience', async () => {
    const { page } = v
    const filter = {
      all: [
        {
          facts: { stream: 'orders', agg: 'count', window: { last: 180 } },
          op: 'gte',
          value: 2,
        },
      ],
    }
    const { sentence } = await post<{ sentence: string }>('/audiences/count', { rule: filter })
    await page.goto(`/customers?view=all&f=${encodeURIComponent(JSON.stringify(filter))}`)
    await rows().first().waitFor()
    await page.getByRole('button', { name: sentence, exact: true }).click()
    const drawer = page.getByRole('dialog', { name: zh('ui_list.filter.title') })
    await drawer
      .getByRole('button', { name: zh('audiences.filter.edit', { text: sentence }) })
      .waitFor()
    await drawer.getByRole('button', { name: zh('ui_list.filter.apply') }).click()
    await drawer.waitFor({ state: 'hidden' })
    expect(JSON.parse(new URL(page.url()).searchParams.get('f') ?? '')).toEqual(filter)
    await page.getByRole('button', { name: zh('audiences.save_as') }).click()
    await page.waitForURL('**/audiences/new')
    await page.getByText(sentence).first().waitFor()
  })
})
