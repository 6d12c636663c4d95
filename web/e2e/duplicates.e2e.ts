import { afterAll, afterEach, beforeAll, describe, expect, inject, test } from 'vitest'
import { axe } from './harness/axe'
import { type Visit, visit } from './harness/browser'
import { enter } from './harness/people'
import { zh } from './harness/texts'

const sample = inject('sample')
const name = '欧阳雪晴'
let v: Visit
const ids: number[] = []

beforeAll(async () => {
  v = await visit(sample.url)
  await enter(v, sample.login, sample.password)
  const post = async (path: string, data?: object) => {
    const answer = await v.context.request.post(`/api/v1${path}`, {
      data,
      headers: { Origin: sample.url },
    })
    expect(answer.ok(), `${path}: ${await answer.text()}`).toBe(true)
    return answer.json()
  }
  for (const remark of ['老系统', '门店登记']) {
    const made = await post('/customers', {
      name,
      remark,
      birthday: '1991-07-03',
      contacts: [{ kind: 'phone', value: '13955501234' }],
    })
    ids.push(made.id)
  }
  const { job_id } = await post('/duplicates/scan')
  for (let state = ''; state !== 'finished'; ) {
    await new Promise((resolve) => setTimeout(resolve, 300))
    const job = await (await v.context.request.get(`/api/v1/jobs/${job_id}`)).json()
    state = job.state
    expect(state, job.error_code ?? '').not.toBe('failed')
  }
}, 90_000)
afterAll(async () => {
  // The other journeys count on the sample company as it was.
  for (const id of ids) {
    await v?.context.request.delete(`/api/v1/customers/${id}`, { headers: { Origin: sample.url } })
  }
  await v?.close()
})
afterEach(() => v.clean())

const there = async (id: number) =>
  (await v.context.request.get(`/api/v1/customers/${id}/card`)).status()

async function accessible() {
  const { violations } = await axe(v.page).analyze()
  expect(
    violations.filter((x) => x.impact === 'serious' || x.impact === 'critical').map((x) => x.id),
  ).toEqual([])
}

/** j until the pair of this journey is the current one. */
async function current() {
  const { page } = v
  await page.locator('main tr[data-row]').first().waitFor()
  for (let i = 0; i < 20; i++) {
    await page.keyboard.press('j')
    const text = await page.locator('tr[aria-current="true"]').innerText()
    if (text.includes(name)) return
  }
  throw new Error('the pair is not among the likeliest')
}

describe('duplicates', () => {
  test('are decided by keyboard, with both histories in sight', async () => {
    const { page } = v
    await page.goto('/duplicates')
    await current()
    await page.keyboard.press('Enter')
    const drawer = page.getByRole('dialog')
    await drawer.getByText(zh('duplicates.histories')).waitFor()
    await drawer.getByText('门店登记').first().waitFor()
    await accessible()
    // Later takes it off the list, and the notice brings it back.
    await page.keyboard.press('l')
    await page.getByText(zh('duplicates.said_later')).waitFor()
    await page
      .getByRole('button', { name: zh('common.undo') })
      .first()
      .click()
    await page.keyboard.press('Escape')
    await page.goto('/duplicates')
    await current()
    await page.keyboard.press('s')
    await expect.poll(() => there(ids[1] as number)).toBe(404)
    expect(await there(ids[0] as number)).toBe(200)
  })

  test('come back by an undo', async () => {
    const { page } = v
    await page.goto('/duplicates?state=merged')
    const row = page.locator('main tr[data-row]').filter({ hasText: name }).first()
    await row.getByRole('button', { name: zh('common.undo') }).click()
    await expect.poll(() => there(ids[1] as number)).toBe(200)
  })

  test('are judged by weights that can be read', async () => {
    const { page } = v
    await page.goto('/duplicates?state=model')
    await page.getByText(zh('duplicates.model.title')).waitFor()
    await page.getByText('张三丰 · 张三峰').waitFor()
    // Too few decisions to learn from, and the page says how many it takes.
    expect(
      await page
        .getByRole('button', { name: zh('duplicates.learn.act'), exact: true })
        .isDisabled(),
    ).toBe(true)
    await accessible()
  })

  test('are merged above a score only after a look at what happens', async () => {
    const { page } = v
    await page.goto('/duplicates')
    await page.locator('main tr[data-row]').first().waitFor()
    await page.locator('button.ant-dropdown-trigger').last().click()
    await page.getByText(zh('duplicates.merge_all.menu')).click()
    await page
      .getByRole('dialog')
      .getByText(zh('duplicates.merge_all.riskiest'), { exact: true })
      .waitFor()
    await accessible()
  })
})
