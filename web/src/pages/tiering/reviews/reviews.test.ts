import { describe, expect, it } from 'vitest'
import { progressOf, stageOf } from './api'
import { filterOf } from './filter'

describe('filterOf', () => {
  it.each([
    ['', {}],
    ['state=open&direction=down', { state: 'open', direction: 'down' }],
    ['department_id=-1&owner_id=7', { department_id: -1, owner_id: 7 }],
    ['department_id=x&steps=0', {}],
    ['margin=10..40', { margin_min: 10, margin_max: 40 }],
    ['margin=..5', { margin_max: 5 }],
    ['sample=5', { sample: 5, seed: 9 }],
    ['mine=true&customer=3&size=50', { mine: true }],
  ])('%s', (query, want) => expect(filterOf(new URLSearchParams(query), 9)).toEqual(want))
})

it('a review that ended says how, whatever its last step was', () => {
  expect(stageOf({ status: 'withdrawn', step: 'closed' })).toBe('withdrawn')
  expect(stageOf({ status: 'published', step: 'closed' })).toBe('published')
  expect(stageOf({ status: 'review', step: 'publishing' })).toBe('publishing')
})

it('disputed moves are not settled', () => {
  expect(progressOf({ open: 1, agreed: 2, overruled: 3, disputed: 4 })).toEqual({
    done: 5,
    all: 10,
  })
  expect(progressOf(null)).toBeNull()
})
