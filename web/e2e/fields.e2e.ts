import { afterAll, afterEach, beforeAll, describe, expect, inject, test } from 'vitest'
import { type Visit, visit } from './harness/browser'
import { enter } from './harness/people'
import { zh } from './harness/texts'

const sample = inject('sample')
const word = `次序${process.pid}`
const names = ['甲', '乙', '丙'].map((n) => `${word}${n}`)
let v: Visit

interface Field {
  id: number
  bounds: { least?: number; greatest?: number }
  name: { zh: string }
}

const defined = async (): Promise<Field[]> => {
  const answer = await v.context.request.get('/api/v1/custom-fields')
  return ((await answer.json()) as { items: Field[] }).items.filter((f) =>
    f.name.zh.startsWith(word),
  )
}
const saved = async () => (await defined()).map((f) => f.name.zh.slice(word.length)).join('')

beforeAll(async () => {
  v = await visit(sample.url)
  await enter(v, sample.login, sample.password)
  for (const name of names) {
    const answer = await v.context.request.post('/api/v1/custom-fields', {
      data: { kind: 'text', name: { zh: name } },
    })
    expect(answer.status()).toBe(201)
  }
})
afterAll(async () => {
  for (const { id } of await defined())
    await v.context.request.delete(`/api/v1/custom-fields/${id}`)
  await v.close()
})
afterEach(() => v.clean())

describe('custom fields', () => {
  const row = (name: string) => v.page.getByRole('listitem').filter({ hasText: name })

  test('are put into order with the keyboard and by dragging', async () => {
    const { page } = v
    await page.goto('/settings/fields')
    await row(names[2] ?? '').waitFor()
    expect(await saved()).toBe('甲乙丙')
    const up = page.getByRole('button', { name: zh('ui.move_up', { name: names[1] ?? '' }) })
    await up.focus()
    await page.keyboard.press('Enter')
    await expect.poll(saved).toBe('乙甲丙')
    await expect.poll(() => up.evaluate((e) => e === document.activeElement)).toBe(true)

    // Narrowed to these three: the first of them goes down over both others.
    await page.getByRole('textbox', { name: zh('field.search') }).fill(word)
    await expect.poll(() => page.locator('main ul > li').count()).toBe(3)
    const [from, to] = [
      await row(names[1] ?? '')
        .locator('[data-grip]')
        .boundingBox(),
      await row(names[2] ?? '').boundingBox(),
    ]
    if (!from || !to) throw new Error('a row is out of sight')
    await page.mouse.move(from.x + 8, from.y + 8)
    await page.mouse.down()
    await page.mouse.move(from.x + 20, to.y + 8, { steps: 8 })
    await page.mouse.move(from.x + 24, to.y + 12, { steps: 4 })
    await page.mouse.up()
    await expect.poll(saved).toBe('甲丙乙')
  })

  test('say at the field what is wrong with it', async () => {
    const { page } = v
    v.allow(409, /\/custom-fields$/)
    await page.goto('/settings/fields')
    await page.getByRole('button', { name: zh('field.new') }).click()
    const form = page.getByRole('dialog')
    await form.getByRole('button', { name: zh('common.create') }).click()
    await form.getByText(zh('field.name_missing')).waitFor()
    const name = form.getByRole('textbox', { name: zh('field.name_zh'), exact: true })
    await name.fill(names[0] ?? '')
    await form.getByRole('button', { name: zh('common.create') }).click()
    await form.getByText(zh('errors.field.name_taken', { name: names[0] ?? '' })).waitFor()
    await expect.poll(() => name.evaluate((e) => e === document.activeElement)).toBe(true)
    expect(await defined()).toHaveLength(3)
  })

  test('take the least and the greatest value of a number, of amounts in yuan', async () => {
    const { page } = v
    await page.goto('/settings/fields')
    for (const kind of ['number', 'money'] as const) {
      const name = `${word}${kind}`
      await page.getByRole('button', { name: zh('field.new') }).click()
      const form = page.getByRole('dialog')
      await form.getByRole('textbox', { name: zh('field.name_zh'), exact: true }).fill(name)
      await form.getByRole('combobox', { name: zh('field.kind') }).click()
      await page
        .locator('.ant-select-item-option')
        .filter({ hasText: new RegExp(`^${zh(`field.kind.${kind}`)}$`) })
        .click()
      await form.getByRole('spinbutton', { name: zh('field.least') }).fill('20')
      await form.getByRole('spinbutton', { name: zh('field.greatest') }).fill('3')
      v.allow(422, /\/custom-fields$/)
      await form.getByRole('button', { name: zh('common.create') }).click()
      await form.getByText(zh('errors.field.bad_bounds')).waitFor()
      await form.getByRole('spinbutton', { name: zh('field.least') }).fill('0')
      await form.getByRole('button', { name: zh('common.create') }).click()
      await row(name).waitFor()
      const made = (await defined()).find((f) => f.name.zh === name)
      expect(made?.bounds).toEqual({ least: 0, greatest: kind === 'money' ? 300 : 3 })
    }
    await row(`${word}number`)
      .getByText(zh('field.bounds', { least: '0', greatest: '3' }))
      .waitFor()
  })

  test('say at a customer what a number takes, before it is sent', async () => {
    const { page } = v
    const name = `${word}人数`
    await v.context.request.post('/api/v1/custom-fields', {
      data: { kind: 'number', name: { zh: name }, bounds: { least: 0, greatest: 20 } },
    })
    const list = await v.context.request.get('/api/v1/customers?limit=1')
    const { items } = (await list.json()) as { items: { id: number }[] }
    await page.goto(`/customers/${items[0]?.id}?tab=record`)
    const more = page
      .locator('section')
      .filter({ has: page.getByRole('heading', { name: zh('field.values_title'), exact: true }) })
    await more.getByRole('button', { name: zh('common.edit') }).click()
    const form = page.getByRole('dialog')
    await form.getByRole('spinbutton', { name }).fill('999')
    await form.getByRole('button', { name: zh('common.save') }).click()
    await form
      .getByText(
        zh('field.outside', {
          field: name,
          bounds: zh('field.bounds', { least: '0', greatest: '20' }),
        }),
      )
      .waitFor()
    await form.getByRole('spinbutton', { name }).fill('')
    await form.getByRole('button', { name: zh('common.cancel') }).click()
  })
})
