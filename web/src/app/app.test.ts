import { describe, expect, it } from 'vitest'
import { chooseLang } from '@/i18n'
import en from '@/i18n/en'
import zh from '@/i18n/zh-CN'
import { nonceStyles, readNonce } from './csp'
import { isActive, isUnder, nav, visibleNav } from './nav'
import { match, rank } from './palette'
import { parsePrefs } from './prefs'
import { fits, pageExists, routes } from './routes'
import { initial } from './TopBar'

describe('navigation', () => {
  it('has a text in both languages for every entry', () => {
    const labels = nav.flatMap((e) => [e, ...(e.children ?? [])]).flatMap((e) => [e.label, e.words])
    for (const label of labels.filter((l) => l !== undefined)) {
      expect(zh[label], label).toBeTruthy()
      expect(en[label], label).toBeTruthy()
    }
  })
  it('shows what exists and is allowed, and parents only with a page', () => {
    const exists = (path: string) => path !== '/imports' && !path.startsWith('/tiering')
    const seen = visibleNav(nav, exists, (p) => p === 'customer.view' || p === 'staff.view')
    expect(seen.map((e) => e.label)).toEqual(['nav.overview', 'nav.customers', 'nav.settings'])
    expect(seen[1]?.children?.map((c) => c.path)).toEqual(['/customers'])
    expect(seen[2]?.path).toBe('/settings/staff')
    expect(seen[2]?.children?.some((c) => c.path === '/settings/audit')).toBe(false)
  })
  it('leaves out what tells of customers for who may not see any', () => {
    const paths = (...may: string[]) =>
      visibleNav(
        nav,
        () => true,
        (p) => may.includes(p),
      ).flatMap((e) => e.children?.map((c) => c.path) ?? [])
    expect(paths('tier.view')).not.toContain('/tiering/appeals')
    expect(paths('tier.view')).toContain('/tiering/reviews')
    expect(paths('tier.view', 'customer.view')).toContain('/tiering/appeals')
  })
  it('leads to the first page allowed', () => {
    const seen = visibleNav(
      nav,
      () => true,
      (p) => p === 'import.view',
    )
    expect(seen.find((e) => e.label === 'nav.customers')?.path).toBe('/imports')
  })
  it.each([
    ['/', '/', true],
    ['/customers', '/', false],
    ['/customers/7', '/customers', true],
    ['/customers-old', '/customers', false],
  ])('%s under %s', (pathname, path, want) => expect(isUnder(pathname, path)).toBe(want))
  it('marks an entry by its children', () => {
    const customers = nav.find((e) => e.label === 'nav.customers')
    expect(customers && isActive('/imports/12', customers)).toBe(true)
  })
})

describe('routes', () => {
  it('are each there once', () => {
    const paths = routes.map((r) => r.path)
    expect(new Set(paths).size).toBe(paths.length)
    expect(paths.every((p) => p.startsWith('/'))).toBe(true)
  })
  it('cover the settings of this release', () => {
    const settings = nav.find((e) => e.label === 'nav.settings')
    for (const child of settings?.children ?? [])
      expect(pageExists(child.path), child.path).toBe(true)
  })
  it.each([
    ['/customers/:id', '/customers/7', true],
    ['/customers/:id', '/customers/', false],
    ['/customers/:id', '/customers/7/orders', false],
    ['/customers', '/customers', true],
  ])('%s fits %s', (pattern, path, want) => expect(fits(pattern, path)).toBe(want))
})

describe('palette', () => {
  const command = (title: string, words = '') => ({
    key: title,
    group: 'page' as const,
    title,
    words,
  })
  it.each([
    ['', 'anything', 1],
    ['客户', '客户列表', 3],
    ['report', 'tier report', 2],
    ['ＲＦＭ', 'rfm scheme', 3],
    ['ort', 'report', 1],
    ['x', 'report', 0],
  ])('"%s" in "%s"', (query, text, want) => expect(match(query, text)).toBe(want))
  it('puts titles before words and keeps the order of equals', () => {
    const found = rank('kh', [
      command('数据导入', 'dr'),
      command('客户', 'kehu kh'),
      command('KH 其他'),
    ])
    expect(found.map((c) => c.title)).toEqual(['KH 其他', '客户'])
    expect(rank('', [command('a'), command('b')]).map((c) => c.title)).toEqual(['a', 'b'])
  })
})

describe('preferences', () => {
  it.each([null, 'x', '[]', '{"theme":"pink","lang":"fr","navCollapsed":"yes"}'])(
    'damaged: %s',
    (t) => {
      expect(parsePrefs(t)).toEqual({ theme: 'system', lang: '', navCollapsed: false })
    },
  )
  it('are read', () => {
    const text = '{"theme":"dark","lang":"en","navCollapsed":true}'
    expect(parsePrefs(text)).toEqual({ theme: 'dark', lang: 'en', navCollapsed: true })
  })
})

it.each([
  ['', ['fr-FR', 'en-GB'], 'en'],
  ['', ['zh-TW', 'en'], 'zh-CN'],
  ['', ['fr'], 'zh-CN'],
  ['', [], 'zh-CN'],
  ['en', ['zh-CN'], 'en'],
])('language of choice "%s" and %s', (chosen, wanted, want) => {
  expect(chooseLang(chosen, wanted)).toBe(want)
})

describe('nonce', () => {
  const page = (content: string) => {
    const doc = document.implementation.createHTMLDocument()
    doc.head.innerHTML = `<meta name="csp-nonce" content="${content}">`
    return doc
  }
  it('is read unless the placeholder still stands', () => {
    expect(readNonce(page('abc'))).toBe('abc')
    expect(readNonce(page('__CSP_NONCE__'))).toBeUndefined()
  })
  it('is given to style elements only', () => {
    const doc = page('abc')
    nonceStyles('abc', doc)
    expect(doc.createElement('style').nonce).toBe('abc')
    expect(doc.createElement('div').nonce).not.toBe('abc')
  })
})

it('takes an initial', () => {
  expect([initial('王晓岚'), initial(' anna'), initial('')]).toEqual(['王', 'A', '·'])
})
