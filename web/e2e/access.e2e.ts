import { afterAll, afterEach, beforeAll, describe, expect, inject, test } from 'vitest'
import { type Visit, visit } from './harness/browser'
import { enter } from './harness/people'
import { zh } from './harness/texts'

const sample = inject('sample')
const login = `desk.${process.pid}`
const chosen = 'Maple-walks-3-dogs'
const name = `前台 ${process.pid}`
let admin: Visit
let desk: Visit
let customer = 0
let role = 0

const body = async <T>(answer: Promise<{ ok(): boolean; text(): Promise<string> }>): Promise<T> => {
  const got = await answer
  const text = await got.text()
  if (!got.ok()) throw new Error(text)
  return JSON.parse(text) as T
}

beforeAll(async () => {
  admin = await visit(sample.url)
  await enter(admin, sample.login, sample.password)
  const api = admin.context.request
  const made = await body<{ id: number }>(
    api.post('/api/v1/roles', {
      data: {
        name,
        scope: 'all',
        permissions: ['customer.view', 'customer.edit', 'customer.create', 'note.write'],
      },
    }),
  )
  role = made.id
  const record = await body<{ id: number }>(
    api.post('/api/v1/customers', {
      data: {
        name: '诸葛字段',
        remark: '备注绝密',
        gender: 'male',
        contacts: [
          { kind: 'phone', value: '13987650123' },
          { kind: 'email', value: 'open@example.com' },
        ],
      },
    }),
  )
  customer = record.id
  desk = await visit(sample.url)
})
afterAll(async () => {
  await admin?.close()
  await desk?.close()
})
afterEach(() => {
  admin.clean()
  desk.clean()
})

describe('fields that a role hides', () => {
  test('are chosen by the administrator in the table of the role', async () => {
    const { page } = admin
    await page.goto('/settings/roles')
    await page.getByRole('button', { name: zh('roles.actions', { name }) }).click()
    await page.getByRole('menuitem', { name: zh('access.open') }).click()
    const form = page.getByRole('dialog')
    await form.getByText(zh('access.purpose')).waitFor()
    const choose = (field: string, choice: string) =>
      form
        .getByRole('radiogroup', { name: zh(`access.field.${field}`), exact: true })
        .getByText(zh(`access.choice.${choice}`), { exact: true })
        .click()
    await choose('phone', 'hidden')
    await choose('spend', 'hidden')
    await choose('remark', 'hidden')
    await choose('gender', 'read')
    // A name can be read-only and not hidden.
    expect(
      await form
        .getByRole('radiogroup', { name: zh('access.field.name') })
        .getByRole('radio')
        .count(),
    ).toBe(2)
    await form.getByLabel(zh('access.search')).fill(zh('access.field.education'))
    await form.getByRole('radiogroup').first().waitFor()
    expect(await form.getByRole('radiogroup').count()).toBe(1)
    await form.getByLabel(zh('access.search')).fill('')
    await form.getByText(zh('access.only', { count: 4 })).click()
    expect(await form.getByRole('radiogroup').count()).toBe(4)
    await form.getByRole('button', { name: zh('common.save') }).click()
    await page.getByText(zh('access.restricted', { count: 4 })).waitFor()
    const roles = await body<{ items: { id: number; field_access: Record<string, string> }[] }>(
      admin.context.request.get('/api/v1/roles'),
    )
    expect(roles.items.find((r) => r.id === role)?.field_access).toEqual({
      phone: 'hidden',
      spend: 'hidden',
      remark: 'hidden',
      gender: 'read',
    })
  })

  test('are on no page for whoever has the role', async () => {
    const made = await body<{ password: string }>(
      admin.context.request.post('/api/v1/staff', {
        data: { login, name: '周前台', department_id: 1, role_ids: [role] },
      }),
    )
    await enter(desk, login, made.password)
    await body(
      desk.context.request.post('/api/v1/session/password', {
        data: { current: made.password, new: chosen },
      }),
    )
    const { page } = desk
    await page.goto('/customers')
    await page.getByText(zh('list.field.orders_365')).first().waitFor()
    expect(await page.getByText(zh('list.field.phone'), { exact: true }).count()).toBe(0)
    expect(await page.getByText(zh('list.field.net_365'), { exact: true }).count()).toBe(0)

    await page.goto(`/customers/${customer}`)
    await page.getByText(zh('customer.column.orders_365')).first().waitFor()
    expect(await page.getByText(zh('customer.column.net_365')).count()).toBe(0)
    expect(await page.getByRole('link', { name: zh('customers.tab.portrait') }).count()).toBe(0)

    await page.goto(`/customers/${customer}?tab=record`)
    await page.getByText('o***@example.com').waitFor()
    expect(await page.content()).not.toMatch(/139\*\*\*\*|备注绝密/)
    expect(await page.getByText(zh('record.field.remark'), { exact: true }).count()).toBe(0)
    // Read-only is read: there is no pencil beside it.
    await page.getByText(zh('customer.gender.male'), { exact: true }).waitFor()
    const edit = (field: string) =>
      page.getByRole('button', { name: zh('record.edit_field', { field: zh(field) }) })
    expect(await edit('record.field.gender').count()).toBe(0)
    expect(await edit('record.field.education').count()).toBe(1)
  })

  test('are not asked for a new customer', async () => {
    const { page } = desk
    await page.goto('/customers')
    await page.getByRole('button', { name: zh('record.new.title') }).click()
    const form = page.getByRole('dialog')
    await form.getByLabel(zh('record.field.name'), { exact: true }).fill('新来的人')
    await form.getByText(zh('record.new.more')).click()
    await form.getByLabel(zh('record.field.industry')).waitFor()
    expect(await form.getByLabel(zh('record.field.remark')).count()).toBe(0)
    expect(await form.getByLabel(zh('record.field.gender')).count()).toBe(0)
    await form.getByRole('button', { name: zh('record.new.submit') }).click()
    await page.waitForURL(/\/customers\/\d+\?tab=record/)
    await page.getByRole('heading', { name: '新来的人', level: 1 }).waitFor()
  })
})
