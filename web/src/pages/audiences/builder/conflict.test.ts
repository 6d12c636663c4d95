import { describe, expect, it } from 'vitest'
import { ApiError } from '@/api/errors'
import { changed, type Draft, isConflict, merge } from './conflict'

const base: Draft = {
  name: '高价值',
  description: '',
  rule: { field: 'net_90', op: 'gte', value: 1 },
}
const other = { field: 'net_90', op: 'gte', value: 2 }

describe('two changes of one audience', () => {
  it('go together where they touch different parts', () => {
    const mine = { ...base, rule: other }
    const theirs = { ...base, name: '高价值客户' }
    expect(merge(base, mine, theirs)).toEqual({
      draft: { ...base, name: '高价值客户', rule: other },
      clashes: [],
      taken: ['name'],
    })
  })

  it('clash where both touched the same, and mine stands until somebody chooses', () => {
    const mine = { ...base, rule: other }
    const theirs = { ...base, rule: { ...other, value: 3 } }
    expect(merge(base, mine, theirs)).toEqual({ draft: mine, clashes: ['rule'], taken: [] })
  })

  it('do not clash where both wrote the same, whatever the order of keys', () => {
    const mine = { ...base, rule: other }
    const theirs = { ...base, rule: { value: 2, op: 'gte', field: 'net_90' } }
    expect(merge(base, mine, theirs).clashes).toEqual([])
    expect(changed(mine, theirs)).toEqual([])
    expect(changed(base, mine)).toEqual(['rule'])
  })

  it.each<[boolean, unknown]>([
    [true, new ApiError({ status: 409, code: 'audience.changed' })],
    [false, new ApiError({ status: 409, code: 'audience.name_taken' })],
    [false, new TypeError()],
  ])('are told from other failures: %s', (want, error) => expect(isConflict(error)).toBe(want))
})
