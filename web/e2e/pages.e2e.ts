import { afterAll, afterEach, beforeAll, describe, expect, inject, test } from 'vitest'
import { axe } from './harness/axe'
import { type Visit, visit } from './harness/browser'
import { enter } from './harness/people'
import { zh } from './harness/texts'

const sample = inject('sample')
let v: Visit
const first: Record<string, number> = {}
const spent = { field: 'net_365', op: 'gt', value: 0 }

beforeAll(async () => {
  v = await visit(sample.url)
  await enter(v, sample.login, sample.password)
  for (const [name, path] of [
    ['customer', '/customers?limit=1&sort=-net_365'],
    ['import', '/imports?limit=1'],
    ['run', '/tiering/runs?limit=1'],
  ] as const) {
    const answer = await v.context.request.get(`/api/v1${path}`)
    first[name] = (await answer.json()).items[0].id
  }
  const headers = { Origin: sample.url }
  for (const [name, data] of [
    ['audience', { name: '近一年消费过', kind: 'dynamic', rule: spent }],
    ['list', { name: '手工名单', kind: 'static' }],
  ] as const) {
    const answer = await v.context.request.post('/api/v1/audiences', { data, headers })
    first[name] = (await answer.json()).id
  }
})
afterAll(() => v?.close())
afterEach(() => v.clean())

/** Every page of the navigation and the pages below it, with a sign that its content is there. */
const pages: [path: string, ready: string][] = [
  ['/', 'h2'],
  ['/customers', '[data-row]'],
  ['/customers?layout=board', 'h2'],
  ['/customers/bulk', 'h1'],
  ['/customers/:customer', 'h2'],
  ['/customers/:customer?tab=timeline', 'h2'],
  ['/customers/:customer?tab=portrait', 'h2'],
  ['/customers/:customer?tab=record', 'h2'],
  ['/pool', '[data-row]'],
  ['/audiences', '[data-row]'],
  ['/audiences/shipped', '[data-shipped]'],
  ['/audiences/overlap', '[role=combobox]'],
  ['/audiences/overlap?ids=:audience,:list', 'figure'],
  ['/audiences/:audience', 'figure'],
  ['/audiences/:audience?tab=members', '[data-row]'],
  ['/audiences/:audience?tab=changes', 'h2'],
  ['/audiences/:audience?tab=versions', 'ol li'],
  ['/audiences/:audience?tab=uses', 'h2'],
  ['/audiences/:list?tab=members', 'h1'],
  ['/duplicates', 'h1'],
  ['/quality', 'h1'],
  ['/imports', '[data-row]'],
  ['/imports/new', 'form'],
  ['/imports/:import', 'h2'],
  ['/tiering/report', 'h2'],
  ['/tiering/schemes', 'h2, [data-row]'],
  ['/tiering/schemes/value-rules', 'h2'],
  ['/tiering/schemes/value-score', 'h2'],
  ['/tiering/schemes/rfm', 'h2'],
  ['/tiering/runs', '[data-row]'],
  ['/tiering/runs/:run', 'h2'],
  ['/tiering/runs/:run/customers', '[data-row]'],
  ['/tiering/runs/compare?a=1&b=:run', 'table'],
  ['/tiering/schemes/value-rules/versions', 'h1'],
  ['/tiering/reviews', 'h1'],
  ['/tiering/appeals', 'h1'],
  ['/tiering/assessments', 'h1'],
  ['/tiering/models', 'h2'],
  ['/tiering/dimensions', 'li'],
  ['/lifecycle', 'h2'],
  ['/lifecycle/handbook', 'h2'],
  ['/lifecycle/sop', 'h2'],
  ['/steps', 'h1'],
  ['/lifecycle/settings', 'ol li'],
  ['/lifecycle/settings?tab=versions', 'h2'],
  ['/settings/staff', '[data-row]'],
  ['/settings/departments', 'li, [data-row]'],
  ['/settings/roles', 'li, [data-row], td'],
  ['/settings/fields', 'h2, li'],
  ['/settings/tags', 'h2'],
  ['/settings/audit', '[data-row]'],
  ['/settings/jobs', 'h1'],
  ['/settings/system', 'h2'],
  ['/me', 'h2'],
]

const wide = { width: 1440, height: 900 }
const phone = { width: 390, height: 844 }

describe('every page', () => {
  test.each(pages)(
    '%s is accessible and fits, light and dark, wide and on a phone',
    async (path, ready) => {
      const { page } = v
      await page.setViewportSize(wide)
      await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' })
      await page.goto(path.replace(/:(\w+)/g, (_all, name: string) => String(first[name])))
      await page.locator('main').locator(ready).first().waitFor()
      const found: string[] = []
      found.push(...(await violations('wide light')))
      await page.emulateMedia({ colorScheme: 'dark' })
      found.push(...(await violations('wide dark')))
      await page.setViewportSize(phone)
      await page.locator('main').locator(ready).first().waitFor()
      found.push(...(await violations('phone dark')))
      await page.emulateMedia({ colorScheme: 'light' })
      found.push(...(await violations('phone light')))
      found.push(...(await sideways()))
      expect(found).toEqual([])
      const title = await page.title()
      expect(title).toMatch(new RegExp(`^.+ · ${zh('common.app_name')}$`))
      expect(await page.getByRole('heading', { level: 1 }).count()).toBe(1)
    },
  )
})

describe('the sign-in page', () => {
  test('is accessible and fits', async () => {
    const guest = await visit(sample.url)
    try {
      await guest.page.goto('/login')
      await guest.page.getByLabel(zh('common.login_name')).waitFor()
      const found: string[] = []
      for (const colorScheme of ['light', 'dark'] as const) {
        await guest.page.emulateMedia({ colorScheme })
        await guest.page.setViewportSize(wide)
        found.push(...(await violations(`wide ${colorScheme}`, guest)))
        await guest.page.setViewportSize(phone)
        found.push(...(await violations(`phone ${colorScheme}`, guest)))
      }
      found.push(...(await sideways(guest)))
      expect(found).toEqual([])
      guest.clean()
    } finally {
      await guest.close()
    }
  })
})

type State = 'wide light' | 'wide dark' | 'phone light' | 'phone dark'

// Serious and critical findings, each with the place and what is wrong there.
// A theme changes colours only, so the dark one is judged by them alone.
async function violations(state: State, { page }: Visit = v): Promise<string[]> {
  await page.locator(`html[data-theme="${state.split(' ')[1]}"]`).waitFor()
  // Colours still on their way from one theme to the other would be judged as they pass.
  await page.evaluate(async () => {
    const frame = () => new Promise((done) => requestAnimationFrame(done))
    await frame()
    await frame()
    const under = document.getAnimations().filter((a) => a instanceof CSSTransition)
    await Promise.allSettled(under.map((a) => a.finished))
    await frame()
  })
  const check = axe(page)
  if (state.endsWith('dark')) check.withRules(['color-contrast'])
  const { violations: all } = await check.analyze()
  return all
    .filter((f) => f.impact === 'serious' || f.impact === 'critical')
    .flatMap((f) =>
      f.nodes.slice(0, 5).map((n) => {
        const why = n.failureSummary?.split('\n')[1]?.trim() ?? ''
        return `${state}: ${f.id} ${n.target.join(' ')} ${n.html.slice(0, 160)} ${why}`
      }),
    )
}

// What makes a page scroll sideways, where it does.
function sideways({ page }: Visit = v): Promise<string[]> {
  return page.evaluate(() => {
    const width = document.documentElement.clientWidth
    if (document.documentElement.scrollWidth <= width) return []
    const beyond = [...document.querySelectorAll('body *')].filter(
      (e) => e.getBoundingClientRect().right > width + 1,
    )
    return [
      `scrolls sideways: ${document.documentElement.scrollWidth} > ${width}: ${beyond
        .slice(-3)
        .map((e) => e.outerHTML.slice(0, 120))
        .join(' | ')}`,
    ]
  })
}
