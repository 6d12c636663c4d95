import { afterAll, afterEach, beforeAll, describe, expect, inject, test } from 'vitest'
import { axe } from './harness/axe'
import { type Visit, visit } from './harness/browser'
import { enter } from './harness/people'
import { like, zh } from './harness/texts'

const sample = inject('sample')
const name = `生日前的老客 ${process.pid}`
const ab = (key: string, params?: Record<string, string | number>) =>
  zh(`ui_audience_builder.${key}`, params)
let v: Visit
let id = 0
/** A category that the sample company sells. */
let category = ''

/** "近 90 天消费 ≥ 1,000 元、买过某类目、7 天内过生日", as the API has it. */
const rule = () => ({
  all: [
    {
      facts: { stream: 'orders', agg: 'sum', of: 'net', window: { last: 90 } },
      op: 'gte',
      value: 100000,
    },
    {
      facts: {
        stream: 'lines',
        where: [{ field: 'category', op: 'in', value: [category] }],
        window: { last: 365 },
        agg: 'count',
      },
      op: 'gte',
      value: 1,
    },
    { field: 'birthday', op: 'within_days', value: 7 },
  ],
})

beforeAll(async () => {
  v = await visit(sample.url)
  await enter(v, sample.login, sample.password)
  const found = await v.context.request.get(
    '/api/v1/customers?columns=favourite_category&sort=-net_365&limit=1',
  )
  category = (await found.json()).items[0].values.favourite_category
})
afterAll(() => v?.close())
afterEach(() => v.clean())

const audience = async () => (await v.context.request.get(`/api/v1/audiences/${id}`)).json()

async function countOf(asked: object): Promise<number> {
  const answer = await v.context.request.post('/api/v1/audiences/count', { data: { rule: asked } })
  expect(answer.status()).toBe(200)
  return (await answer.json()).count
}

/** The number that is shown once it belongs to what stands in the form. */
async function shown(): Promise<number> {
  const figure = v.page.locator('output[aria-busy=false]')
  await v.page.waitForTimeout(400)
  await figure.waitFor()
  return Number((await figure.locator('.zk-num').innerText()).replaceAll(',', ''))
}

/** Adds what the menu has under a label, by the keyboard. */
async function add(label: string) {
  const { page } = v
  await page
    .getByRole('button', { name: zh('ui_list.filter.add'), exact: true })
    .last()
    .click()
  await page.getByRole('combobox', { name: ab('add.search') }).fill(label)
  await page.keyboard.press('Enter')
  await page.getByRole('listbox', { name: ab('add.title') }).waitFor({ state: 'hidden' })
}

describe('an audience', () => {
  test('is described in conditions, and the number follows', async () => {
    const { page } = v
    await page.goto('/audiences/new')
    await page.getByLabel(zh('common.name'), { exact: true }).fill(name)
    const everybody = await shown()
    await add(ab('snippet.spent'))
    const spenders = await shown()
    expect(spenders).toBeLessThan(everybody)
    await add(ab('snippet.bought'))
    // The category is asked for at once: the focus is in its field.
    await page.keyboard.type(category)
    await page.keyboard.press('Enter')
    await page.keyboard.press('Escape')
    await add(ab('snippet.birthday'))
    expect(await shown()).toBe(await countOf(rule()))
    await page.getByText(like('ui_audience_builder.fresh')).waitFor()
  })

  test('is saved, and opened again with the same rule', async () => {
    const { page } = v
    await page.getByRole('button', { name: zh('common.save'), exact: true }).click()
    await page.waitForURL(/\/audiences\/\d+$/)
    id = Number(/audiences\/(\d+)/.exec(page.url())?.[1])
    expect((await audience()).rule).toEqual(rule())
    await page.goto(`/audiences/${id}/edit`)
    expect(await page.getByLabel(zh('common.name'), { exact: true }).inputValue()).toBe(name)
    expect(await page.getByLabel(ab('value')).first().inputValue()).toBe('1000.00')
    expect(await shown()).toBe(await countOf(rule()))
    expect(
      await page.getByRole('button', { name: zh('common.save'), exact: true }).isDisabled(),
    ).toBe(true)
    const { violations } = await axe(page).analyze()
    const serious = violations.filter((x) => x.impact === 'serious' || x.impact === 'critical')
    expect(serious.map((x) => `${x.id}: ${x.nodes.map((n) => n.html).join(' ')}`)).toEqual([])
  })

  test('shows who would enter and leave before it is changed', async () => {
    const { page } = v
    await page.getByLabel(ab('value')).first().fill('500')
    await shown()
    await page.getByRole('button', { name: zh('common.save'), exact: true }).click()
    const dialog = page.getByRole('dialog').filter({ hasText: ab('save.title') })
    await dialog.getByText(ab('impact.entering')).waitFor()
    await dialog.getByLabel(ab('save.note')).fill('门槛放低')
    await dialog.getByRole('button', { name: zh('common.save'), exact: true }).click()
    await page.waitForURL(/\/audiences\/\d+$/)
    const saved = await audience()
    expect(saved.rule.all[0].value).toBe(50000)
    expect(saved.version).toBe(2)
  })

  test('asks which of two changes to keep', async () => {
    const { page } = v
    v.allow(409, /^\/api\/v1\/audiences\/\d+$/)
    await page.goto(`/audiences/${id}/edit`)
    await shown()
    const before = await audience()
    const theirs = structuredClone(before.rule)
    theirs.all[0].value = 70000
    const answer = await v.context.request.patch(`/api/v1/audiences/${id}`, {
      headers: { 'If-Match': `"v${before.version}"` },
      data: { rule: theirs, description: '别人写的说明' },
    })
    expect(answer.status()).toBe(200)
    await page.getByLabel(ab('value')).first().fill('600')
    await page.getByRole('button', { name: zh('common.save'), exact: true }).click()
    const dialog = page.getByRole('dialog')
    await dialog
      .filter({ hasText: ab('save.title') })
      .getByRole('button', { name: zh('common.save'), exact: true })
      .click()
    const question = dialog.filter({ hasText: ab('conflict.title') })
    await question.getByText(ab('conflict.theirs')).waitFor()
    await question.getByRole('button', { name: zh('common.save'), exact: true }).click()
    await page.waitForURL(/\/audiences\/\d+$/)
    const saved = await audience()
    // Mine where both changed the rule; theirs where only they wrote.
    expect(saved.rule.all[0].value).toBe(60000)
    expect(saved.description).toBe('别人写的说明')
  })

  test('ends a question that another one supersedes', async () => {
    const { page } = v
    await page.goto(`/audiences/${id}/edit`)
    await shown()
    const asks = '**/api/v1/audiences/count'
    const held: (() => void)[] = []
    await page.route(asks, async (route) => {
      if (held.length === 0) await new Promise<void>((go) => held.push(go))
      await route.continue().catch(() => {}) // nobody waits for the first one any more
    })
    const asked = page.waitForRequest(asks)
    await page.getByLabel(ab('value')).first().fill('700')
    const first = await asked
    const ended = page.waitForEvent('requestfailed', (r) => r === first)
    await page.getByLabel(ab('value')).first().fill('800')
    expect((await ended).failure()?.errorText).toBe('net::ERR_ABORTED')
    for (const go of held) go()
    await page.unroute(asks)
    const changed = (await audience()).rule
    changed.all[0].value = 80000
    expect(await shown()).toBe(await countOf(changed))
  })

  test('says at its condition what is missing', async () => {
    const { page } = v
    await page.goto('/audiences/new')
    await page.getByLabel(zh('common.name'), { exact: true }).fill('还没写完')
    await add(ab('snippet.bought'))
    await page.keyboard.press('Escape')
    await page.getByText(like('ui_audience_builder.live.open')).waitFor()
    await page.getByRole('button', { name: zh('common.save'), exact: true }).click()
    await page
      .getByRole('alert')
      .filter({ hasText: zh('ui_list.filter.missing') })
      .waitFor()
    expect(page.url()).toContain('/audiences/new')
  })
})
