import { afterAll, afterEach, beforeAll, describe, expect, inject, test } from 'vitest'
import { axe } from './harness/axe'
import { type Visit, visit } from './harness/browser'
import { enter } from './harness/people'
import { zh } from './harness/texts'

const sample = inject('sample')
const ud = (key: string, params?: Record<string, string | number>) =>
  zh(`ui_dimension.${key}`, params)
let v: Visit

beforeAll(async () => {
  v = await visit(sample.url)
  await enter(v, sample.login, sample.password)
})
afterAll(() => v?.close())
afterEach(() => v.clean())

const read = async (path: string) => (await v.context.request.get(`/api/v1${path}`)).json()

describe('a scheme of another dimension', () => {
  test('has a rule of audiences, which its drawer changes', async () => {
    const { page } = v
    await page.goto('/tiering/schemes/need-rules')
    const said = page.getByText(/符合“近 365 天购买商品的不同类目数 ≥ 4”/).first()
    await said.waitFor()
    await page
      .getByRole('button', { name: ud('who.edit') })
      .first()
      .click()
    const drawer = page.getByRole('dialog', { name: ud('who') })
    const count = drawer.locator('output[aria-busy=false] b')
    await count.waitFor()
    const before = Number((await count.innerText()).replaceAll(',', ''))
    await drawer.locator('[data-at=value] input').fill('2')
    await drawer.getByText('近 365 天购买商品的不同类目数 ≥ 2').waitFor()
    await count.waitFor()
    expect(Number((await count.innerText()).replaceAll(',', ''))).toBeGreaterThan(before)
    const found = await axe(page).include('.ant-drawer').analyze()
    expect(
      found.violations.filter((x) => x.impact === 'serious' || x.impact === 'critical'),
    ).toEqual([])
    await drawer.getByRole('button', { name: ud('who.apply') }).click()
    await drawer.waitFor({ state: 'hidden' })
    await page
      .getByText(/符合“近 365 天购买商品的不同类目数 ≥ 2”/)
      .first()
      .waitFor()
    await page.getByRole('button', { name: zh('tiers.editor.save_as', { version: 2 }) }).click()
    await page.getByText(zh('tiers.editor.saved', { version: 2 })).waitFor()
    const { scheme } = await read('/tiering/schemes/need-rules')
    expect(scheme.dimension).toBe('need')
    expect(scheme.rules[0].all[1].who.value).toBe(2)
  })

  test('tells in its versions what changed', async () => {
    const { page } = v
    await page.goto('/tiering/schemes/need-rules/versions')
    const row = page.getByRole('row', { name: /≥ 4.*≥ 2/ })
    await row.waitFor()
    expect(await page.getByRole('row').count()).toBe(2)
  })

  test('gives customers their level of the dimension when it runs', async () => {
    const { page } = v
    await page.goto('/tiering/schemes/need-rules')
    await page.getByRole('button', { name: zh('tiers.run.start') }).click()
    await page.getByRole('button', { name: zh('tiers.run.start_now') }).click()
    await page.waitForURL(/\/tiering\/runs\/\d+$/)
    const run = Number(page.url().split('/').at(-1))
    await expect
      .poll(async () => (await read(`/tiering/runs/${run}`)).status, { timeout: 60_000 })
      .toBe('finished')
    // Whoever it found many-sided has the rule among the reasons of the record.
    const list = await read(`/tiering/runs/${run}/customers?level=personalised&limit=1`)
    const customer = list.items[0].customer_id
    await page.goto(`/customers/${customer}`)
    const need = page.getByRole('region', { name: '客户需求' })
    await need.waitFor()
    await need.getByText('个性化需求').waitFor()
    await need.getByText(/近 365 天购买商品的不同类目数 ≥ 2/).waitFor()
    await page.getByRole('region', { name: '客户价值' }).waitFor()
  })

  test('is a column of the list', async () => {
    const { page } = v
    await page.goto('/customers?cols=name,level.need')
    await page.getByRole('columnheader', { name: '客户需求' }).waitFor()
    const rows = await read('/customers?columns=level.need&limit=1')
    expect(rows.items[0].values['level.need']).toMatchObject({ name: expect.any(String) })
  })
})

describe('a dimension', () => {
  test('is added, waits for a panel, and is archived', async () => {
    const { page } = v
    await page.goto('/tiering/dimensions')
    await page.getByRole('button', { name: ud('new') }).click()
    await page.getByLabel(zh('common.name'), { exact: true }).fill('合作深度')
    await page.getByLabel(zh('common.code'), { exact: true }).fill('depth')
    await page.getByRole('button', { name: zh('common.create'), exact: true }).click()
    const review = page.getByRole('switch', { name: ud('review_of', { name: '合作深度' }) })
    await review.click()
    await page.getByRole('button', { name: ud('review.on.confirm') }).click()
    await expect.poll(() => review.getAttribute('aria-checked')).toBe('true')
    await page.goto('/tiering/schemes')
    await page.getByRole('region', { name: '合作深度' }).getByText(ud('no_schemes')).waitFor()
    await page.goto('/tiering/dimensions')
    await page
      .getByRole('button', { name: zh('tiers.scheme.actions', { name: '合作深度' }) })
      .click()
    await page.getByRole('menuitem', { name: ud('archive') }).click()
    await page.getByRole('button', { name: ud('archive.confirm'), exact: true }).click()
    await expect
      .poll(async () => {
        const { items } = await read('/tiering/dimensions')
        return items.some((d: { code: string }) => d.code === 'depth')
      })
      .toBe(false)
  })
})
