import { describe, expect, it } from 'vitest'
import { bySection, changedValues, choosable, type Field, outside, outsideHref } from './fields'
import { choose, type Tag, type TagGroup } from './tags'

const field = (part: Partial<Field>) =>
  ({ section: { zh: '' }, options: [], bounds: {}, retired: false, kind: 'text', ...part }) as Field

describe('outsideHref', () => {
  it('leads to those below and above, with the value as a column', () => {
    const at = (bounds: object) =>
      new URL(outsideHref('kids', bounds), 'http://zhike.test').searchParams
    expect(JSON.parse(at({ least: 0, greatest: 20 }).get('f') ?? '')).toEqual({
      any: [
        { field: 'f.kids', op: 'lt', value: 0 },
        { field: 'f.kids', op: 'gt', value: 20 },
      ],
    })
    expect(JSON.parse(at({ greatest: 20 }).get('f') ?? '').any).toHaveLength(1)
    expect(at({ least: 0 }).get('cols')?.split(',')).toContain('f.kids')
  })
})

describe('bySection', () => {
  it('keeps the order of fields and puts those without a section last', () => {
    const list = bySection([
      field({ code: 'a' }),
      field({ code: 'b', section: { zh: '购物' } }),
      field({ code: 'c', section: { zh: '会员' } }),
      field({ code: 'd', section: { zh: '购物' } }),
    ])
    expect(list.map((s) => `${s.key}:${s.fields.map((f) => f.code).join('')}`)).toEqual([
      '购物:bd',
      '会员:c',
      ':a',
    ])
  })
})

describe('changedValues', () => {
  it('sends what differs, and null for what went', () => {
    const before = { size: 's', tags: ['a', 'b'], price: 12.5, note: 'x' }
    const after = {
      size: 'm',
      tags: ['a', 'b'],
      price: 12.5,
      note: '',
      born: null,
      more: undefined,
    }
    expect(changedValues(before, after)).toEqual({ size: 'm', note: null })
  })
})

describe('choosable', () => {
  it('offers a retired option only to who has it', () => {
    const f = field({
      options: [
        { code: 'a', label: { zh: 'A' } },
        { code: 'b', label: { zh: 'B' }, retired: true },
      ],
    })
    expect(choosable(f, 'a').map((o) => o.code)).toEqual(['a'])
    expect(choosable(f, ['b']).map((o) => o.code)).toEqual(['a', 'b'])
  })
})

describe('outside', () => {
  it('compares numbers and amounts with the bounds, which belong to what is allowed', () => {
    const f = field({ kind: 'number', bounds: { least: 0, greatest: 20 } })
    expect(['0', 20, '20.0', null, ''].map((v) => outside(f, v))).toEqual(Array(5).fill(false))
    expect(['-1', 20.5, '999'].map((v) => outside(f, v))).toEqual([true, true, true])
    const least = field({ kind: 'money', bounds: { least: 100 } })
    expect([99, 100, 1e9].map((v) => outside(least, v))).toEqual([true, false, false])
    expect(outside(field({ kind: 'text', bounds: { least: 1 } }), '0')).toBe(false)
    expect(outside(field({ kind: 'number' }), '999')).toBe(false)
  })
})

describe('choose', () => {
  const groups = [{ id: 1, exclusive: true }, { id: 2 }] as TagGroup[]
  const tags = [
    { id: 10, group_id: 1 },
    { id: 11, group_id: 1 },
    { id: 20, group_id: 2 },
    { id: 21, group_id: 2 },
  ] as Tag[]
  it('keeps the newest of an exclusive group and all of the others', () => {
    expect(choose([10, 20, 21, 11], tags, groups)).toEqual([20, 21, 11])
  })
})
