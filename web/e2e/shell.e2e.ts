import { afterAll, afterEach, beforeAll, describe, expect, inject, test } from 'vitest'
import { type Visit, visit } from './harness/browser'
import { enter } from './harness/people'
import { en, zh } from './harness/texts'

const sample = inject('sample')
let v: Visit

beforeAll(async () => {
  // The other journeys ask for no motion; this one sees the program as most people do.
  v = await visit(sample.url, { reducedMotion: 'no-preference' })
  await enter(v, sample.login, sample.password)
})
afterAll(() => v?.close())
afterEach(() => v.clean())

describe('language and theme', () => {
  test('the language changes at once, is kept, and changes back', async () => {
    const { page } = v
    await page.goto('/customers')
    await page.getByRole('heading', { name: zh('nav.customers.list'), level: 1 }).waitFor()
    await page.getByRole('button', { name: zh('common.language') }).click()
    await page.getByRole('menuitem', { name: 'English' }).click()
    const heading = page.getByRole('heading', { name: en('nav.customers.list'), level: 1 })
    await heading.waitFor()
    await page.reload()
    await heading.waitFor()
    expect(await page.getAttribute('html', 'lang')).toBe('en')
    expect(await page.title()).toContain(en('nav.customers.list'))
    const chrome = await page.getByRole('navigation', { name: en('ui.navigation') }).innerText()
    expect(chrome).not.toMatch(/[\u4e00-\u9fff]/)
    await page.getByRole('button', { name: en('common.language') }).click()
    await page.getByRole('menuitem', { name: '中文' }).click()
    await page.getByRole('heading', { name: zh('nav.customers.list'), level: 1 }).waitFor()
    expect(await page.getAttribute('html', 'lang')).toBe('zh-CN')
  })

  test('the dark theme darkens the page and stays', async () => {
    const { page } = v
    const lightness = () =>
      page.evaluate(() => {
        const rgb = getComputedStyle(document.body).backgroundColor.match(/[\d.]+/g) ?? []
        return rgb.slice(0, 3).reduce((sum, n) => sum + Number(n), 0) / 3
      })
    expect(await lightness()).toBeGreaterThan(200)
    await page.getByRole('button', { name: zh('common.theme') }).click()
    await page.getByRole('menuitem', { name: zh('common.theme_dark') }).click()
    await expect.poll(lightness).toBeLessThan(60)
    await page.reload()
    await page.getByRole('heading', { level: 1 }).waitFor()
    expect(await lightness()).toBeLessThan(60)
    await page.getByRole('button', { name: zh('common.theme') }).click()
    await page.getByRole('menuitem', { name: zh('common.theme_light') }).click()
    await expect.poll(lightness).toBeGreaterThan(200)
  })
})

describe('the keyboard alone', () => {
  test('moves through the list, opens a customer and closes it', async () => {
    const { page } = v
    await page.goto('/customers')
    const row = page.locator('main tr[data-row]')
    await row.first().waitFor()
    const active = () => page.locator('main tr[aria-current]').getAttribute('data-row')
    const ids = await row.evaluateAll((all) => all.map((r) => r.getAttribute('data-row')))
    await page.keyboard.press('j')
    await expect.poll(active).toBe(ids[0])
    await page.keyboard.press('j')
    await page.keyboard.press('j')
    await expect.poll(active).toBe(ids[2])
    await page.keyboard.press('k')
    await expect.poll(active).toBe(ids[1])
    await page.keyboard.press('Enter')
    const drawer = page.getByRole('dialog')
    await drawer.getByRole('heading', { name: zh('customers.level.title') }).waitFor()
    expect(page.url()).toContain(`customer=${ids[1]}`)
    await page.keyboard.press('Escape')
    await drawer.waitFor({ state: 'hidden' })
    expect(page.url()).not.toContain('customer=')
    await page.keyboard.press('/')
    await page.keyboard.type('zzz')
    await page.waitForURL(/q=zzz/)
  })

  test('always shows where it is', async () => {
    const { page } = v
    await page.goto('/customers')
    await page.locator('main tr[data-row]').first().waitFor()
    const unseen: string[] = []
    const seen = new Set<string>()
    for (let i = 0; i < 30; i++) {
      await page.keyboard.press('Tab')
      const stop = await page.evaluate(() => {
        const at = document.activeElement
        if (!(at instanceof HTMLElement) || at === document.body) return null
        // A choice's input has no size of its own; its label is what is seen.
        const shown = at.matches('input[type=radio]') ? (at.closest('label') ?? at) : at
        const box = shown.getBoundingClientRect()
        // A field's ring may stand around the frame that holds it.
        const framed = [at, at.parentElement, at.closest('.ant-select, .ant-input-affix-wrapper')]
        const ring = framed.some((e) => {
          if (!e) return false
          const s = getComputedStyle(e)
          return (s.outlineStyle !== 'none' && s.outlineWidth !== '0px') || s.boxShadow !== 'none'
        })
        const name = at.getAttribute('aria-label') ?? at.textContent?.slice(0, 30) ?? ''
        return { name: `${at.tagName} ${name}`, ring, size: box.width * box.height }
      })
      if (!stop) break
      seen.add(stop.name)
      if (!stop.ring || stop.size < 1) unseen.push(stop.name)
    }
    expect(seen.size).toBeGreaterThan(12)
    expect(unseen).toEqual([])
  })

  test('skips the navigation', async () => {
    const { page } = v
    await page.goto('/customers')
    await page.locator('main tr[data-row]').first().waitFor()
    await page.keyboard.press('Tab')
    await page.keyboard.press('Enter')
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('main')
  })
})
