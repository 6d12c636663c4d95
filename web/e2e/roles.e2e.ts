import { afterAll, afterEach, beforeAll, describe, expect, inject, test } from 'vitest'
import { type Visit, visit } from './harness/browser'
import { choosePassword, enter, signIn } from './harness/people'
import { like, zh } from './harness/texts'

const sample = inject('sample')
const login = `agent.${process.pid}`
const chosen = 'Maple-walks-3-dogs'
let admin: Visit
let agent: Visit
let firstPassword = ''

beforeAll(async () => {
  admin = await visit(sample.url)
  await enter(admin, sample.login, sample.password)
  agent = await visit(sample.url)
})
afterAll(async () => {
  await admin?.close()
  await agent?.close()
})
afterEach(() => {
  admin.clean()
  agent.clean()
})

describe('a person of the service desk', () => {
  test('is added by the administrator, who sees the first password once', async () => {
    const { page } = admin
    await page.goto('/settings/staff')
    await page.getByRole('button', { name: zh('staff.new') }).click()
    const form = page.getByRole('dialog')
    await form.getByLabel(zh('staff.name'), { exact: true }).fill('林小雨')
    await form.getByLabel(zh('staff.login'), { exact: true }).fill(login)
    await form.getByLabel(zh('staff.department')).press('Enter')
    await page.locator('.ant-select-item-option').first().click()
    await form.getByLabel(zh('staff.roles')).fill(zh('org.role.agent'))
    await page
      .locator('.ant-select-item-option')
      .filter({ hasText: zh('org.role.agent') })
      .click()
    await page.keyboard.press('Escape')
    await form.getByRole('button', { name: zh('common.create') }).click()
    const secret = page.getByRole('dialog').filter({ hasText: zh('staff.secret_label') })
    firstPassword = await secret.locator('code').innerText()
    expect(firstPassword.length).toBeGreaterThan(10)
    await secret.getByRole('button', { name: zh('staff.secret_noted') }).click()
    await secret.waitFor({ state: 'hidden' })
    expect(await page.content()).not.toContain(firstPassword)
    await page.getByRole('row').filter({ hasText: login }).waitFor()
  })

  test('signs in and sees only what the role is for', async () => {
    const { page } = agent
    await page.goto('/')
    await signIn(page, login, firstPassword)
    await choosePassword(page, firstPassword, chosen)
    await page.getByRole('heading', { name: zh('nav.overview'), level: 1 }).waitFor()
    const nav = page.getByRole('navigation', { name: zh('ui.navigation') })
    await nav.getByRole('link', { name: zh('nav.customers'), exact: true }).click()
    await page.waitForURL('**/customers')
    await page.getByRole('heading', { name: zh('nav.customers.list'), level: 1 }).waitFor()
    expect(await nav.getByRole('link', { name: zh('nav.settings') }).count()).toBe(0)
    expect(await nav.getByRole('link', { name: zh('nav.customers.imports') }).count()).toBe(0)
    expect(await page.getByRole('link', { name: zh('customers.import') }).count()).toBe(0)
  })

  test.each(['/settings/staff', '/settings/audit', '/settings/system', '/imports', '/imports/new'])(
    'gets no further than a notice at %s',
    async (path) => {
      const { page } = agent
      await page.goto(path)
      await page.getByText(zh('ui.no_permission.title'), { exact: true }).waitFor()
      await page.getByText(like('ui.no_permission.text_named')).waitFor()
      await page.getByRole('link', { name: zh('ui.go_home') }).waitFor()
    },
  )

  test('is refused by the server too', async () => {
    for (const path of ['/staff', '/imports', '/audit', '/system']) {
      const answer = await agent.context.request.get(`/api/v1${path}`)
      expect(answer.status(), path).toBe(403)
    }
  })

  test('signs out, and the session is over', async () => {
    const { page } = agent
    await page.goto('/customers')
    await page.getByRole('button', { name: zh('ui.person', { name: '林小雨' }) }).click()
    await page.getByRole('menuitem', { name: zh('common.sign_out') }).click()
    await page.waitForURL(/\/login/)
    await page.getByLabel(zh('common.login_name')).waitFor()
    expect((await agent.context.request.get('/api/v1/customers')).status()).toBe(401)
    await page.goBack()
    await page.waitForURL(/\/login/)
  })

  test('is told apart a wrong password', async () => {
    const { page } = agent
    agent.allow(401, /^\/api\/v1\/session$/)
    await page.goto('/login')
    await signIn(page, login, 'not-the-password')
    await page
      .getByRole('alert')
      .filter({ hasText: zh('login.wrong') })
      .waitFor()
  })
})
