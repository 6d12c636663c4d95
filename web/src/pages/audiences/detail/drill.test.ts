import { describe, expect, it } from 'vitest'
import { parseFilter } from '../../customers/list/tree'
import { drill, listOf } from './drill'

const buckets = ['浙江省', '江苏省', 'other', 'none'].map((key) => ({ key }))

describe('from a bar of a profile to its customers', () => {
  it.each([
    ['a word', 'region', '浙江省', { field: 'province', op: 'in', value: ['浙江省'] }],
    ['nothing', 'region', 'none', { field: 'province', op: 'empty' }],
    [
      'what is rare',
      'region',
      'other',
      {
        all: [
          { field: 'province', op: 'not_empty' },
          { field: 'province', op: 'not_in', value: ['浙江省', '江苏省'] },
        ],
      },
    ],
    ['a level', 'level', 'high', { field: 'level', op: 'in', value: ['high'] }],
    ['a way to reach them', 'channel', 'phone', { field: 'has_phone', op: 'is', value: true }],
    ['a way that lists cannot ask for', 'channel', 'app', null],
    ['what no list tells', 'spend', 'none', null],
    ['who tells no age', 'age', 'none', { field: 'age', op: 'empty' }],
  ])('finds %s', (_, part, key, want) => {
    expect(drill(part, { key }, buckets)).toEqual(want)
  })

  it.each([
    ['spend', null, 0, { field: 'net_365', op: 'lte', value: 0 }],
    ['spend', 1, 49_999, { field: 'net_365', op: 'between', value: [1, 49_999] }],
    ['spend', 3_000_000, null, { field: 'net_365', op: 'gte', value: 3_000_000 }],
    ['age', null, 17, { field: 'age', op: 'lte', value: 17 }],
    ['age', 18, 24, { field: 'age', op: 'between', value: [18, 24] }],
    ['age', 60, null, { field: 'age', op: 'gte', value: 60 }],
  ])('finds the stretch of %s from %s to %s', (part, from, to, want) => {
    expect(drill(part, { key: '2', from, to }, buckets)).toEqual(want)
  })

  it('opens the list with the members, narrowed to it', () => {
    const more = drill('region', { key: 'other' }, buckets)
    const address = new URL(listOf(7, more), 'http://x')
    expect(address.pathname).toBe('/customers')
    expect(parseFilter(address.searchParams.get('f'))).toEqual({
      all: [{ field: 'audience', op: 'any', value: [7] }, ...(more?.all ?? [])],
    })
  })
})
