import { describe, expect, it } from 'vitest'
import { figureKey, figuresOf, known, operatorsOf, resultOf, sameResult } from './catalogue'
import { sample } from './fixture'
import { complete, condition } from './model'
import { rounded } from './RelativeForm'
import { entries, found, snippets, themeOf, themes } from './ready'
import { fromStored, toStored } from './values'

const t = (key: string, p?: Record<string, unknown>) => (p ? `${key} ${Object.values(p)}` : key)

describe('the menu of conditions', () => {
  it('offers every field and stream, each once, under a theme that there is', () => {
    const list = entries(sample, t)
    expect(new Set(list.map((e) => e.key)).size).toBe(list.length)
    expect(list.every((e) => themes.includes(e.theme))).toBe(true)
    for (const f of sample.fields) expect(list.some((e) => e.key === f.code)).toBe(true)
    for (const s of sample.streams) expect(list.some((e) => e.key === `facts:${s.code}`)).toBe(true)
  })

  it('begins with conditions that lack a value at most, and never a form', () => {
    for (const e of [...entries(sample, t), ...snippets(sample, t)]) {
      const c = condition(e.make())
      const filled = { ...c, value: c.value ?? 1 }
      const where = c.meta?.facts?.where?.some((w) => Array.isArray(w.value) && !w.value.length)
      expect(complete(filled) || where, e.key).toBe(true)
    }
  })

  it('offers no question that the catalogue cannot ask', () => {
    const bare = known({ ...sample, streams: [], fields: [] })
    expect(snippets(bare, t)).toEqual([])
    expect(entries(bare, t).map((e) => e.key)).toEqual(['sample'])
    expect(snippets(sample, t).map((e) => e.key)).toEqual([
      'snippet:spent',
      'snippet:bought',
      'snippet:quiet',
      'snippet:cart',
      'snippet:birthday',
    ])
  })

  it('finds by label and code, in any order of words', () => {
    const list = entries(sample, t)
    expect(found(list, '净消费 90').map((e) => e.key)).toEqual(['net_90'])
    expect(found(list, 'CART').map((e) => e.key)).toEqual(['facts:behaviours:cart'])
    expect(found(list, ' ')).toBe(list)
    expect(found(list, '没有这种')).toEqual([])
  })

  it.each([
    ['lines', 'orders'],
    ['level_changes', 'level'],
    ['stage_changes', 'record'],
    ['messages', 'behaviour'],
  ])('puts the stream %s under %s', (stream, theme) => expect(themeOf(stream)).toBe(theme))
})

describe('what facts give', () => {
  const of = (agg: string, of?: string) => ({ stream: 'orders', agg, ...(of && { of }) })
  it.each([
    ['count', undefined, 'number'],
    ['sum', 'net', 'money'],
    ['sum', 'quantity', 'milli'],
    ['sum', 'gone', undefined],
    ['distinct', 'channel', 'number'],
    ['last', undefined, 'day'],
    ['last', 'channel', 'word'],
    ['days_since', undefined, 'days'],
    ['gone', undefined, undefined],
  ])('by %s of %s is %s', (agg, what, kind) => {
    expect(resultOf(sample, of(agg, what))?.kind).toBe(kind)
  })

  it('has operators of its own for words', () => {
    expect(operatorsOf(sample, of('last', 'channel'))).toEqual(['in', 'not_in'])
    expect(operatorsOf(sample, of('last'))).toContain('last_days')
  })

  it('is listed with every measure and dimension', () => {
    const orders = sample.stream.get('orders')
    const keys = orders && figuresOf(sample, orders).map((f) => f.key)
    expect(keys).toEqual([
      'count',
      'sum:net',
      'sum:quantity',
      'distinct:channel',
      'last',
      'last:channel',
      'days_since',
    ])
    expect(figureKey(of('sum', 'net'))).toBe('sum:net')
  })

  it('keeps a value only for the same kind', () => {
    const r = (agg: string, what?: string) => resultOf(sample, of(agg, what))
    expect(sameResult(r('count'), r('distinct', 'channel'))).toBe(true)
    expect(sameResult(r('sum', 'net'), r('sum', 'quantity'))).toBe(false)
    expect(sameResult(r('sum', 'gone'), r('sum', 'gone'))).toBe(false)
  })
})

describe('numbers as they are typed and as they are sent', () => {
  it.each<['money' | 'number' | 'milli', unknown, unknown]>([
    ['money', 100000, 100000],
    ['milli', 1500, 1.5],
    ['milli', 1, 0.001],
    ['number', 7, 7],
    ['number', 0, 0],
  ])('%s: %s is shown as %s and back', (type, stored, shown) => {
    expect(fromStored(type, stored)).toBe(shown)
    expect(toStored(type, shown)).toBe(stored)
  })

  it('sends nothing for nothing, and whole thousandths', () => {
    expect(toStored('milli', undefined)).toBeUndefined()
    expect(fromStored('milli', null)).toBeUndefined()
    expect(toStored('milli', 0.1 + 0.2)).toBe(300)
    expect(rounded(33.333, 2)).toBe(33.33)
    expect(rounded(7.6, 0)).toBe(8)
    expect(rounded(null, 2)).toBeUndefined()
  })
})
