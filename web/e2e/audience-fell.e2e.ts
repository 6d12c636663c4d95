import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { type Visit, visit } from './harness/browser'
import { begin, enter } from './harness/people'
import { newData, type Program } from './harness/program'
import { zh } from './harness/texts'

// A share that fell: whoever has been a customer for long enough is found once it
// has been changed by hand.
const password = 'Lynx-waits-8-doors'
const share = '我司采购占比'
const company = '云杉采购有限公司'
const name = '份额下降的客户'
const ab = (key: string, params?: Record<string, string | number>) =>
  zh(`ui_audience_builder.${key}`, params)
const run = promisify(execFile)
let program: Program
let v: Visit
let customer = 0
let audience = 0

async function ask<T>(method: string, path: string, body?: object): Promise<T> {
  const answer = await v.context.request.fetch(`/api/v1${path}`, { method, data: body })
  expect(answer.ok(), `${method} ${path}: ${answer.status()} ${await answer.text()}`).toBe(true)
  return (await answer.json()) as T
}

beforeAll(async () => {
  const made = await newData()
  program = await made.serve()
  v = await visit(program.url)
  await begin(v.page, program, password)
  await ask('POST', '/custom-fields', {
    code: 'wallet_share',
    kind: 'number',
    scale: 1,
    unit: '%',
    name: { zh: share },
  })
  for (const [number, called] of [
    ['1', company],
    ['2', '赤松贸易有限公司'],
  ])
    await ask('POST', '/customers/upsert', {
      source: 'erp',
      items: [{ number, name: called, fields: { wallet_share: 60 } }],
    })
  const found = await ask<{ items: { id: number; name: string }[] }>('GET', '/customers')
  customer = found.items.find((c) => c.name === company)?.id ?? 0
  expect(customer).toBeGreaterThan(0)
  await v.close()
  await program.end()
  await run('go', ['run', '-trimpath', './test/aged', made.data, '200'], { cwd: '..' })
  program = await made.serve()
  v = await visit(program.url)
  await enter(v, 'admin', password)
}, 400_000)
afterAll(async () => {
  await v?.close()
  await program?.stop()
})
afterEach(() => v.clean())

/** The number that is shown once it belongs to what stands in the form. */
async function shown(): Promise<number> {
  await v.page.waitForTimeout(400)
  const figure = v.page.locator('output[aria-busy=false]')
  await figure.waitFor()
  return Number(await figure.locator('.zk-num').innerText())
}

const said = `${share}近 180 天下降 ≥ 10 个百分点`

describe('a share that fell', () => {
  test('is a condition that says its unit, and nobody meets it yet', async () => {
    const { page } = v
    await page.goto('/audiences/new')
    await page.getByLabel(zh('common.name'), { exact: true }).fill(name)
    expect(await shown()).toBe(2)
    await page
      .getByRole('button', { name: zh('ui_list.filter.add'), exact: true })
      .last()
      .click()
    await page.getByRole('combobox', { name: ab('add.search') }).fill(share)
    await page.keyboard.press('Enter')
    await page.getByRole('combobox', { name: ab('op_of', { name: share }) }).click()
    await page.getByTitle(zh('ui_list.op.n_fell'), { exact: true }).click()
    await page.getByLabel(ab('shift.by')).fill('10')
    await page.getByText(said).waitFor()
    expect(await shown()).toBe(0)
    await page.getByRole('button', { name: zh('common.save'), exact: true }).click()
    await page.waitForURL(/\/audiences\/\d+$/)
    audience = Number(/audiences\/(\d+)/.exec(page.url())?.[1])
    await page.getByText(said).first().waitFor()
    const { rule } = await ask<{ rule: object }>('GET', `/audiences/${audience}`)
    expect(rule).toEqual({
      all: [{ field: 'f.wallet_share', op: 'fell', value: { by: 10, days: 180 } }],
    })
  })

  test('finds the customer whose share was changed by hand', async () => {
    const { page } = v
    await page.goto(`/customers/${customer}?tab=record`)
    const more = page
      .locator('section')
      .filter({ has: page.getByRole('heading', { name: zh('field.values_title'), exact: true }) })
    await more.getByRole('button', { name: zh('common.edit') }).click()
    const form = page.getByRole('dialog')
    await form.getByRole('spinbutton', { name: share }).fill('49.5')
    await form.getByRole('button', { name: zh('common.save') }).click()
    await form.waitFor({ state: 'hidden' })
    await page.goto(`/audiences/${audience}/edit`)
    await expect.poll(shown, { timeout: 30_000 }).toBe(1)
    await page.goto(`/audiences/${audience}?tab=members`)
    await page.getByText(company).first().waitFor()
    expect(await page.getByText('赤松贸易有限公司').count()).toBe(0)
  })

  test('says of the customer what the share was and is', async () => {
    const why = await ask<{
      holds: boolean
      tree: { children: { sentence: string; text: string }[] }
    }>('POST', '/audiences/explain', { audience_id: audience, customer_id: customer })
    expect(why.holds).toBe(true)
    const [part] = why.tree.children
    expect(part?.sentence).toBe(said)
    expect(part?.text).toMatch(/^60\.0%（.*）→ 49\.5%（.*）$/)
  })
})
