import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { type Visit, visit } from './harness/browser'
import { begin } from './harness/people'
import { type Program, serveEmpty } from './harness/program'
import { like, zh } from './harness/texts'

const password = 'Heron-reads-5-maps'

// Two rows look like each other; one has a choice that is none; one names a tag that is not there.
const file = `客户编号,姓名,手机号,出生日期,城市,客户分级,标签
K1,王小芳,15400000001,1990-02-03,杭州市,重点,常客
K2,王晓芳,15400000002,1990-02-03,杭州市,普通,常客、没有的标签
K3,李强国,15400000003,,南京市,没有的分级,
`

let program: Program
let v: Visit

beforeAll(async () => {
  program = await serveEmpty()
  v = await visit(program.url)
  await begin(v.page, program, password)
  await post('/custom-fields', {
    code: 'grade',
    kind: 'choice',
    name: { zh: '客户分级' },
    options: [
      { code: 'a', label: { zh: '重点' } },
      { code: 'b', label: { zh: '普通' } },
    ],
  })
  const group = await post('/tag-groups', { name: { zh: '往来' } })
  await post('/tags', { group_id: group.id, name: '常客' })
})
afterAll(async () => {
  await v?.close()
  await program?.stop()
})
afterEach(() => v.clean())

async function post(path: string, data: object) {
  const answer = await v.context.request.post(`/api/v1${path}`, {
    data,
    headers: { origin: program.url },
  })
  expect(answer.ok(), `${path}: ${answer.status()}`).toBe(true)
  return answer.json()
}

const meaningOf = (column: string) =>
  v.page.getByRole('combobox', { name: zh('imports.meaning_of', { column }) })

describe('a file of customers with a custom field and tags', () => {
  test('its columns are recognised by the names of the company', async () => {
    const { page } = v
    await page.goto('/imports/new')
    await page.locator('input[data-file]').setInputFiles({
      name: 'fair.csv',
      mimeType: 'text/csv',
      buffer: Buffer.from(file),
    })
    await page.getByText(zh('imports.upload.done')).waitFor()
    await page.getByRole('button', { name: zh('common.next') }).click()
    await page.getByRole('heading', { name: zh('imports.columns') }).waitFor()
    await meaningOf('客户分级').waitFor()
    const head = (column: string) => page.getByRole('columnheader').filter({ hasText: column })
    await head('客户分级').locator('.ant-select', { hasText: '客户分级' }).waitFor()
    await head('标签')
      .locator('.ant-select', { hasText: zh('import.meaning.tags') })
      .waitFor()
    await page.getByText(zh('import.rule.new_tags'), { exact: true }).waitFor()
  })

  test('the mapping is kept under a name', async () => {
    const { page } = v
    await page.getByRole('button', { name: zh('imports.origin.keep') }).click()
    const form = page.getByRole('dialog')
    await form.getByLabel(zh('imports.mappings.name')).fill('市集名单')
    await form.getByRole('button', { name: zh('common.save') }).click()
    await form.waitFor({ state: 'hidden' })
  })

  test('a try tells what is wrong and who may be there already, and writes nothing', async () => {
    const { page } = v
    await page.getByRole('button', { name: zh('imports.try') }).click()
    await page.getByText(zh('imports.tags_left_dry', { count: 1 })).waitFor({ timeout: 30_000 })
    await page.getByRole('heading', { name: zh('imports.alike', { count: 1 }) }).waitFor()
    await page.getByText(zh('import.reason.import.unknown_option')).first().waitFor()
    const all = await (await v.context.request.get('/api/v1/customers')).json()
    expect(all.items).toHaveLength(0)
  })

  test('the import writes them and leads to the duplicates it made', async () => {
    const { page } = v
    await page.getByRole('button', { name: zh('imports.start') }).click()
    await page.waitForURL(/\/imports\/\d+$/)
    await page.getByRole('heading', { name: zh('imports.pairs', { count: 1 }) }).waitFor({
      timeout: 30_000,
    })
    const all = await (await v.context.request.get('/api/v1/customers?q=王小芳')).json()
    const id = all.items[0].id
    const values = await (await v.context.request.get(`/api/v1/customers/${id}/fields`)).json()
    expect(values.values).toEqual({ grade: 'a' })
    await page.getByRole('link', { name: zh('imports.pairs.show') }).click()
    await page.waitForURL(/\/duplicates\?/)
    await page.getByText(like('duplicates.of_import')).waitFor()
    await page.getByText('王晓芳').first().waitFor()
  })

  test('the kept mapping is renamed, written to a file and forgotten', async () => {
    const { page } = v
    await page.goto('/imports/mappings')
    await page.getByRole('button', { name: zh('common.edit') }).click()
    const form = page.getByRole('dialog')
    await form.getByLabel(zh('imports.mappings.name')).fill('市集')
    await form.getByRole('button', { name: zh('common.save') }).click()
    await form.waitFor({ state: 'hidden' })
    await page.getByText('市集', { exact: true }).waitFor()
    const href = await page
      .getByRole('link', { name: zh('imports.mappings.export') })
      .getAttribute('href')
    const made = await v.context.request.get(href ?? '')
    expect(await made.text()).toContain('客户分级: field.grade')
    await page.getByRole('button', { name: zh('common.delete') }).click()
    await page
      .getByRole('dialog')
      .getByRole('button', { name: zh('common.delete') })
      .click()
    await page.getByText(zh('imports.mappings.none')).waitFor()
  })
})
