import type { Locator, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, inject, test, vi } from 'vitest'
import { axe } from './harness/axe'
import { type Visit, visit } from './harness/browser'
import { enter } from './harness/people'
import { like, zh } from './harness/texts'

// From a run to levels in force by the people who do it: two heads of a panel and
// an account manager. The dimension is loyalty, which no other journey reads.
const sample = inject('sample')
const chosen = 'Maple-walks-3-dogs'
const dimension = '客户忠诚度'
const [loyal, general] = ['忠诚客户', '一般客户']
const ur = (key: string, params?: Record<string, string | number>) => zh(`ui_review.${key}`, params)
const ul = (key: string, params?: Record<string, string | number>) => zh(`ui_level.${key}`, params)
const ua = (key: string, params?: Record<string, string | number>) => zh(`ui_appeal.${key}`, params)

interface Customer {
  customer_id: number
  name: string
}

let admin: Visit
let sun: Visit
let qian: Visit
let zhao: Visit
let agreed: Customer
let overruled: Customer
let disputed: Customer
let review = 0

async function call(v: Visit, method: string, path: string, data?: unknown) {
  const answer = await v.context.request.fetch(`/api/v1${path}`, { method, data })
  const text = await answer.text()
  if (!answer.ok()) throw new Error(`${method} ${path}: ${answer.status()} ${text}`)
  return text ? JSON.parse(text) : undefined
}
const read = (v: Visit, path: string) => call(v, 'GET', path)

/** A colleague with a role, behind the first sign-in. */
async function colleague(name: string, role: string): Promise<{ v: Visit; id: number }> {
  const login = `${role}.${process.pid}.${name.length}${name.charCodeAt(0)}`
  const roles = (await read(admin, '/roles')).items as { id: number; code: string }[]
  const made = await call(admin, 'POST', '/staff', {
    login,
    name,
    department_id: (await read(admin, '/departments')).items[0].id,
    role_ids: roles.filter((r) => r.code === role).map((r) => r.id),
  })
  const v = await visit(sample.url)
  await enter(v, login, made.password)
  await call(v, 'POST', '/session/password', { current: made.password, new: chosen })
  return { v, id: (await read(v, '/session')).staff.id }
}

async function run(v: Visit): Promise<number> {
  const { id } = await call(v, 'POST', '/tiering/runs', { scheme: 'loyalty-rules' })
  const finished = async () => (await read(v, `/tiering/runs/${id}`)).status === 'finished'
  await vi.waitUntil(finished, { timeout: 60_000, interval: 200 })
  return id
}

/** No serious fault that a program can find in what is on the page now. */
async function accessible(page: Page, part = 'body') {
  const { violations } = await axe(page).include(part).analyze()
  expect(violations.filter((x) => x.impact === 'serious' || x.impact === 'critical')).toEqual([])
}

/** Chooses an option of a select by its label. */
async function choose(page: Page, form: Locator, label: string, option: string) {
  await form.getByLabel(label, { exact: true }).click()
  await page
    .locator('.ant-select-dropdown:visible .ant-select-item-option')
    .filter({ hasText: option })
    .click()
}

async function act(page: Page, item: string): Promise<Locator> {
  await page.getByRole('button', { name: ul('acts') }).click()
  await page.getByRole('menuitem', { name: item, exact: true }).click()
  const drawer = page.getByRole('dialog', { name: item })
  await drawer.waitFor()
  return drawer
}

/** Opens the bell and the newest notice that says this. */
async function follow(page: Page, text: RegExp) {
  await page.getByRole('button', { name: like('ui_notice.unread') }).click()
  const news = page.getByRole('region', { name: zh('ui_notice.title') })
  await news.getByRole('button', { name: text }).first().click()
}

/** The level of loyalty on the page of a customer. */
const onRecord = (page: Page) => page.getByRole('region', { name: dimension })

beforeAll(async () => {
  admin = await visit(sample.url)
  await enter(admin, sample.login, sample.password)
  const first = await run(admin)
  const found = await read(admin, `/tiering/runs/${first}/customers?level=general&limit=3`)
  ;[agreed, overruled, disputed] = found.items
  const people = [
    await colleague('孙晓兰', 'panel'),
    await colleague('钱立群', 'panel'),
    await colleague('赵敏', 'account_manager'),
  ]
  ;[sun, qian, zhao] = people.map((p) => p.v) as [Visit, Visit, Visit]
  const [one, two, owner] = people.map((p) => p.id)
  await call(admin, 'POST', `/customers/${agreed.customer_id}/hand-over`, { owner_id: owner })
  await call(admin, 'PUT', '/tiering/dimensions/loyalty/panel', {
    dimension: 'loyalty',
    members: [one, two].map((staff_id) => ({ staff_id, department_id: 0, deputy_id: 0 })),
    reach: 'all',
    rule: 'majority',
    quorum: 2,
    days: 7,
    on_deadline: 'keep',
    version: 0,
    updated_at: 0,
  })
})
afterAll(async () => {
  const { items } = await read(admin, '/tiering/dimensions')
  const { version } = items.find((d: { code: string }) => d.code === 'loyalty')
  await call(admin, 'PATCH', '/tiering/dimensions/loyalty', { review: false, version })
  for (const v of [admin, sun, qian, zhao]) await v?.close()
})
afterEach(() => {
  for (const v of [admin, sun, qian, zhao]) v.clean()
})

describe('before a panel decides', () => {
  test('a level is given by hand on the record, and stays in the history', async () => {
    const { page } = sun
    await page.goto(`/customers/${agreed.customer_id}`)
    const drawer = await act(page, ul('hand'))
    await choose(page, drawer, zh('ui_dimension.one'), dimension)
    await choose(page, drawer, ul('level'), loyal)
    await drawer.getByRole('button', { name: ul('hand_now') }).click()
    await drawer.getByText(ur('reason_missing')).waitFor()
    await accessible(page, '.ant-drawer')
    await drawer.getByLabel(zh('common.reason'), { exact: true }).fill('老客户介绍了三家')
    await drawer.getByRole('button', { name: ul('hand_now') }).click()
    await drawer.waitFor({ state: 'hidden' })
    await onRecord(page).getByText(loyal, { exact: true }).waitFor()
    const steps = await act(page, ul('history'))
    await steps.getByText('老客户介绍了三家').waitFor()
    await steps.getByText('孙晓兰').waitFor()
    for (const { customer_id } of [overruled, disputed])
      await call(sun, 'POST', '/tiering/dimensions/loyalty/hand', {
        customer_id,
        level: 'loyal',
        reason: '试评',
      })
  })

  test('switching the panel on asks for the impact assessment and goes on behind it', async () => {
    const { page } = sun
    sun.allow(409, /\/tiering\/dimensions\/loyalty$/)
    await page.goto('/tiering/dimensions')
    const review = page.getByRole('switch', {
      name: zh('ui_dimension.review_of', { name: dimension }),
    })
    await review.click()
    await page.getByRole('button', { name: zh('ui_dimension.review.on.confirm') }).click()
    const form = page.getByRole('dialog', { name: zh('ui_assess.file') })
    await form.getByText(zh('ui_assess.needed')).waitFor()
    for (const part of ['purpose', 'necessity', 'impact', 'measures'])
      await form.getByLabel(zh(`ui_assess.part.${part}`), { exact: true }).fill(`评估：${part}`)
    await accessible(page, '.ant-drawer')
    await form.getByRole('button', { name: zh('ui_assess.file_and_go_on') }).click()
    await form.waitFor({ state: 'hidden' })
    await expect.poll(() => review.getAttribute('aria-checked')).toBe('true')
    await page.getByRole('link', { name: zh('ui_assess.title') }).click()
    await page.getByRole('row').filter({ hasText: dimension }).first().click()
    await page.getByRole('heading', { level: 1, name: like('ui_assess.of_day') }).waitFor()
    await page.getByText('评估：measures').waitFor()
    await accessible(page)
  })
})

describe('a review', () => {
  test('is opened on a finished run and lists whoever it would move', async () => {
    const { page } = sun
    await run(sun)
    await page.goto('/tiering/reviews')
    await page.getByRole('button', { name: ur('open') }).click()
    const form = page.getByRole('dialog', { name: ur('open') })
    await form.getByLabel(ur('of_run'), { exact: true }).click()
    // The newest run of the dimension stands first.
    await page.locator('.ant-select-dropdown:visible .ant-select-item-option').first().click()
    await form.getByRole('button', { name: ur('open_now') }).click()
    await page.waitForURL(/\/tiering\/reviews\/\d+$/)
    review = Number(page.url().split('/').at(-1))
    await page.getByRole('row').filter({ hasText: disputed.name }).waitFor()
    expect((await read(sun, `/tiering/reviews/${review}/moves`)).items.length).toBe(3)
    await accessible(page)
  })

  test('agrees, overrules with a reason, and disputes', async () => {
    const { page } = sun
    const decide = async (who: Customer, how: string, reason: string) => {
      await page.goto(`/tiering/reviews/${review}?customer=${who.customer_id}`)
      const drawer = page.getByRole('dialog', { name: who.name })
      await drawer.getByLabel(ur(`act.${how}`), { exact: true }).check()
      if (reason) await drawer.getByLabel(zh('common.reason'), { exact: true }).fill(reason)
      await drawer.getByRole('button', { name: ur('decide_now') }).click()
      await page.getByText(ur('decided_done', { name: who.name })).waitFor()
    }
    await decide(agreed, 'agree', '')
    await decide(overruled, 'overrule', '集团客户，按老客户服务')
    await decide(disputed, 'dispute', '业绩在回升')
    const { counts } = await read(sun, `/tiering/reviews/${review}`)
    expect(counts).toMatchObject({ open: 0, agreed: 1, overruled: 1, disputed: 1 })
  })

  test('is voted on by the members, whom the bell tells', async () => {
    const vote = async ({ page }: Visit) => {
      const drawer = page.getByRole('dialog', { name: disputed.name })
      await drawer.getByText('业绩在回升').first().waitFor()
      await choose(page, drawer, ur('my_vote'), ur('vote.keep', { level: loyal }))
      await drawer.getByRole('button', { name: ur('vote_now') }).click()
      await page.getByText(ur('voted')).waitFor()
    }
    await sun.page.goto(`/tiering/reviews/${review}?customer=${disputed.customer_id}`)
    await vote(sun)
    const { page } = qian
    await page.goto('/')
    await follow(page, new RegExp(zh('notice.review_opened')))
    await page.waitForURL(new RegExp(`/tiering/reviews/${review}$`))
    await page.getByRole('row').filter({ hasText: disputed.name }).click()
    await vote(qian)
    await page.keyboard.press('Escape')
    await page.getByRole('button', { name: ur('settle') }).click()
    await expect
      .poll(async () => (await read(qian, `/tiering/reviews/${review}`)).counts.disputed)
      .toBe(0)
  })

  test('is published, and records show what was decided', async () => {
    const { page } = sun
    await page.goto(`/tiering/reviews/${review}`)
    await page.getByRole('button', { name: ur('publish'), exact: true }).click()
    const form = page.getByRole('dialog', { name: ur('publish') })
    await form.getByRole('button', { name: ur('publish'), exact: true }).click()
    await expect
      .poll(async () => (await read(sun, `/tiering/reviews/${review}`)).status, {
        timeout: 60_000,
      })
      .toBe('published')
    for (const [who, level] of [
      [agreed, general],
      [overruled, loyal],
      [disputed, loyal],
    ] as const) {
      await page.goto(`/customers/${who.customer_id}`)
      await onRecord(page).getByText(level, { exact: true }).waitFor()
    }
    await page.goto(`/customers/${overruled.customer_id}`)
    await onRecord(page)
      .getByText(/集团客户，按老客户服务/)
      .waitFor()
  })
})

describe('an appeal', () => {
  test('is made by the account manager, who was told of the change', async () => {
    const { page } = zhao
    await page.goto('/')
    await follow(page, /你负责的 1 位客户等级有变/)
    await page.waitForURL(new RegExp(`/tiering/reviews/${review}\\?owner_id=`))
    await page.goto(`/customers/${agreed.customer_id}`)
    const drawer = await act(page, ul('appeal'))
    await choose(page, drawer, zh('ui_dimension.one'), dimension)
    await choose(page, drawer, ua('wanted'), loyal)
    await drawer.getByLabel(ua('evidence'), { exact: true }).fill('续签了三年合同')
    await accessible(page, '.ant-drawer')
    await drawer.getByRole('button', { name: ul('appeal_now') }).click()
    await drawer.waitFor({ state: 'hidden' })
    // One is enough: a second one is refused while the first is open.
    zhao.allow(409, /\/appeals$/)
    const again = await act(page, ul('appeal'))
    await choose(page, again, zh('ui_dimension.one'), dimension)
    await choose(page, again, ua('wanted'), loyal)
    await again.getByLabel(ua('evidence'), { exact: true }).fill('再说一遍')
    await again.getByRole('button', { name: ul('appeal_now') }).click()
    await again.getByText(zh('errors.tier.appeal_open')).waitFor()
  })

  test('is upheld by the panel, and corrects the level', async () => {
    const { page } = sun
    await page.goto('/')
    await follow(page, new RegExp(zh('notice.appeal_made')))
    const drawer = page.getByRole('dialog', { name: agreed.name })
    await drawer.getByText('续签了三年合同').waitFor()
    await drawer.getByLabel(ua('uphold'), { exact: true }).check()
    await drawer.getByLabel(zh('common.reason'), { exact: true }).fill('合同已核实')
    await accessible(page, '.ant-drawer')
    await drawer.getByRole('button', { name: ua('answer_now') }).click()
    await drawer.getByText(ua('status.upheld')).waitFor()
    await zhao.page.goto('/')
    await follow(zhao.page, new RegExp(zh('notice.appeal_upheld')))
    await zhao.page.getByRole('dialog').getByText('合同已核实').waitFor()
    await zhao.page.goto(`/customers/${agreed.customer_id}`)
    await onRecord(zhao.page).getByText(loyal, { exact: true }).waitFor()
    await onRecord(zhao.page)
      .getByText(/合同已核实/)
      .waitFor()
  })

  test('the customer is graded by people only from now on', async () => {
    const { page } = sun
    await page.goto(`/customers/${agreed.customer_id}`)
    const drawer = await act(page, ul('only'))
    await drawer.getByRole('switch').click()
    await drawer.getByLabel(zh('common.reason'), { exact: true }).fill('客户来函要求')
    await drawer.getByText(ul('told.only')).waitFor()
    await drawer.getByRole('button', { name: zh('common.save') }).click()
    await drawer.waitFor({ state: 'hidden' })
    await page.getByText(ul('only_by', { name: '孙晓兰', reason: '客户来函要求' })).waitFor()
    const second = await run(sun)
    const { id: one } = await call(sun, 'POST', '/tiering/reviews', { run_id: second })
    await expect
      .poll(async () => (await read(sun, `/tiering/reviews/${one}`)).step, { timeout: 30_000 })
      .toBe('open')
    const { items } = await read(sun, `/tiering/reviews/${one}/moves`)
    expect(items.map((m: Customer) => m.customer_id)).not.toContain(agreed.customer_id)
    await call(sun, 'POST', `/tiering/reviews/${one}/withdraw`, { reason: '演示完毕' })
  })

  test('a person can still give that customer a level', async () => {
    const { page } = sun
    await page.goto(`/customers/${agreed.customer_id}`)
    const drawer = await act(page, ul('hand'))
    await choose(page, drawer, zh('ui_dimension.one'), dimension)
    await choose(page, drawer, ul('level'), general)
    await drawer.getByLabel(zh('common.reason'), { exact: true }).fill('当面核实后评定')
    await drawer.getByRole('button', { name: ul('hand_now') }).click()
    await drawer.waitFor({ state: 'hidden' })
    await onRecord(page).getByText(general, { exact: true }).waitFor()
    await onRecord(page)
      .getByText(/当面核实后评定/)
      .waitFor()
  })
})
