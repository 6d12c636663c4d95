import { afterAll, afterEach, beforeAll, expect, inject, test } from 'vitest'
import { axe } from './harness/axe'
import { type Visit, visit } from './harness/browser'
import { enter } from './harness/people'
import { zh } from './harness/texts'

// The company's own model of its purchases: fitted from the page, fitted again,
// its versions compared, and an earlier one put in use.
const sample = inject('sample')
const m = (key: string, params?: Record<string, string | number>) => zh(`models.${key}`, params)
let v: Visit

interface Kind {
  kind: string
  in_use: { version: number } | null
  newest: { version: number; status: string } | null
}

async function purchases(): Promise<Kind> {
  const answer = await v.context.request.get('/api/v1/forecast/kinds')
  expect(answer.status()).toBe(200)
  const kind = ((await answer.json()).items as Kind[]).find((k) => k.kind === 'purchases')
  if (!kind) throw new Error('no model of purchases')
  return kind
}

beforeAll(async () => {
  v = await visit(sample.url)
  await enter(v, sample.login, sample.password)
})
afterAll(() => v?.close())
afterEach(() => v.clean())

test('a model is fitted twice, and the earlier version comes back into use', async () => {
  const { page } = v
  await page.goto('/tiering/models')
  const title = page.getByRole('heading', { name: m('kind.purchases'), exact: true })
  const part = page.locator('section').filter({ has: title }).first()
  const before = (await purchases()).newest?.version ?? 0
  for (const version of [before + 1, before + 2]) {
    await part
      .getByRole('button', { name: version === 1 ? m('fit') : m('refit'), exact: true })
      .click()
    await expect
      .poll(async () => (await purchases()).newest, { timeout: 90_000, interval: 500 })
      .toMatchObject({ version, status: 'in_use' })
    await part.getByText(m('in_use', { version })).waitFor({ timeout: 20_000 })
  }
  const versions = part.getByRole('region', { name: m('versions') })
  const row = versions.getByRole('row').filter({ hasText: `v${before + 1}` })
  await row.getByText(m('status.retired')).waitFor()
  const { violations } = await axe(page).include('main').analyze()
  expect(violations.filter((x) => x.impact === 'serious' || x.impact === 'critical')).toEqual([])
  await row.getByRole('button', { name: `v${before + 1}` }).click()
  const drawer = page.getByRole('dialog')
  await drawer.getByRole('button', { name: m('use') }).click()
  await page.getByText(m('used', { version: before + 1 })).waitFor()
  expect((await purchases()).in_use?.version).toBe(before + 1)
  await page.keyboard.press('Escape')
  await part.getByText(m('in_use', { version: before + 1 })).waitFor()
})
