import { afterAll, afterEach, beforeAll, describe, expect, inject, test } from 'vitest'
import { type Visit, visit } from './harness/browser'
import { enter } from './harness/people'
import { zh } from './harness/texts'

const sample = inject('sample')
const name = `青石贸易有限公司${process.pid}`
let v: Visit
let id = 0

interface Customer {
  version: number
  company: string
  industry: string
  remark: string
  registered_at?: string
  contacts: { masked: string }[]
}

beforeAll(async () => {
  v = await visit(sample.url)
  await enter(v, sample.login, sample.password)
})
afterAll(() => v?.close())
afterEach(() => v.clean())

const record = async (): Promise<Customer> =>
  (await v.context.request.get(`/api/v1/customers/${id}/record`)).json()

/** Somebody else saves, from another window. */
async function elsewhere(patch: Record<string, string>) {
  const { version } = await record()
  const answer = await v.context.request.patch(`/api/v1/customers/${id}/record`, {
    headers: { 'If-Match': `"v${version}"` },
    data: patch,
  })
  expect(answer.status()).toBe(200)
}

const field = (key: string) => zh('record.edit_field', { field: zh(`record.field.${key}`) })

describe('the record of a customer', () => {
  test('begins in a drawer that says who is there already', async () => {
    const { page } = v
    await page.goto('/customers')
    await page.getByRole('button', { name: zh('record.new.title') }).click()
    const form = page.getByRole('dialog')
    await form.getByText(zh('customer.kind.company'), { exact: true }).click()
    await form.getByLabel(zh('record.field.name')).fill(name)
    await form.getByRole('textbox', { name: zh('record.field.phone') }).fill('13912340001')
    await form.getByRole('button', { name: zh('record.new.submit'), exact: true }).click()
    await page.waitForURL(/\/customers\/\d+\?tab=record/)
    id = Number(/customers\/(\d+)/.exec(page.url())?.[1])
    expect((await record()).contacts.map((c) => c.masked)).toEqual(['139****0001'])

    await page.goto('/customers')
    await page.getByRole('button', { name: zh('record.new.title') }).click()
    await form.getByLabel(zh('record.field.name')).fill(name)
    await form.getByText(zh('record.similar.why.name')).waitFor()
    expect(await form.getByRole('link', { name }).getAttribute('href')).toBe(`/customers/${id}`)
  })

  test('is edited in place with the keyboard, beside what others change', async () => {
    const { page } = v
    await page.goto(`/customers/${id}?tab=record`)
    const open = page.getByRole('button', { name: field('industry') })
    await open.waitFor()
    await elsewhere({ remark: '别处写的' })
    await open.focus()
    await page.keyboard.press('Enter')
    await page.keyboard.type('贸易')
    await page.keyboard.press('Enter')
    await page.getByText('别处写的').first().waitFor()
    const now = await record()
    expect([now.industry, now.remark]).toEqual(['贸易', '别处写的'])
    expect(await open.evaluate((e) => e === document.activeElement)).toBe(true)
  })

  test('reads a day as people write it, and keeps what it cannot read', async () => {
    const { page } = v
    await page.goto(`/customers/${id}?tab=record`)
    const open = page.getByRole('button', { name: field('registered_at') })
    const input = page.getByRole('textbox', { name: zh('record.field.registered_at') })
    await open.click()
    await input.fill('2025-13-45')
    // Leaving the field would save it.
    await page.getByRole('heading', { level: 1 }).click()
    const fault = page.getByText(zh('ui_typed.day'))
    await fault.waitFor()
    expect(await input.inputValue()).toBe('2025-13-45')
    expect(await input.getAttribute('aria-invalid')).toBe('true')
    await input.fill('2025年1月5日')
    await input.press('Enter')
    await input.waitFor({ state: 'hidden' })
    await expect.poll(async () => (await record()).registered_at).toBe('2025-01-05')
    // A day of the calendar counts as well, however long the finger stays on it.
    await open.click()
    await input.click()
    await page.locator('.ant-picker-cell[title="2025-01-09"]').click({ delay: 300 })
    await expect.poll(async () => (await record()).registered_at).toBe('2025-01-09')
    await open.click()
    await input.fill('')
    await input.press('Enter')
    await expect.poll(async () => (await record()).registered_at ?? '').toBe('')
  })

  test('asks where two people changed one field, and loses neither', async () => {
    const { page } = v
    v.allow(409, /\/record$/)
    await page.goto(`/customers/${id}?tab=record`)
    const open = page.getByRole('button', { name: field('company') })
    await open.waitFor()
    await elsewhere({ company: '他们的' })
    await open.click()
    const input = page.getByRole('textbox', { name: zh('record.field.company') })
    await input.fill('我的')
    await input.press('Enter')
    const dialog = page.getByRole('dialog', { name: zh('record.conflict.title') })
    await dialog.waitFor()
    expect(await dialog.innerText()).toMatch(/我的[\s\S]*他们的/)
    await dialog.getByRole('button', { name: zh('record.conflict.back') }).click()
    expect(await input.inputValue()).toBe('我的')
    expect((await record()).company).toBe('他们的')

    await elsewhere({ company: '他们又改了' })
    await input.press('Enter')
    await dialog.waitFor()
    await dialog.getByText('他们又改了').click()
    await dialog.getByRole('button', { name: zh('record.conflict.save') }).click()
    await dialog.waitFor({ state: 'hidden' })
    expect((await record()).company).toBe('他们又改了')
  })

  test('is given back to the pool and claimed, and can be deleted', async () => {
    const { page } = v
    await page.goto(`/customers/${id}`)
    await page.getByRole('button', { name: zh('record.acts') }).click()
    await page.getByText(zh('record.release'), { exact: true }).click()
    const form = page.getByRole('dialog')
    await form.getByRole('button', { name: zh('record.release.why.no_need') }).click()
    await form.getByRole('button', { name: zh('record.release'), exact: true }).click()
    const claim = page.getByRole('button', { name: zh('pool.claim_named', { name }) })
    await claim.click()
    await claim.waitFor({ state: 'hidden' })

    await page.getByRole('button', { name: zh('record.acts') }).click()
    await page.getByText(zh('record.delete'), { exact: true }).click()
    await page
      .getByRole('dialog')
      .getByRole('button', { name: zh('record.delete') })
      .click()
    await page.waitForURL(/\/customers$/)
    const gone = await v.context.request.get(`/api/v1/customers/${id}/record`)
    expect(gone.status()).toBe(404)
  })
})
