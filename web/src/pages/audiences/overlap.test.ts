import { describe, expect, it } from 'vitest'
import { ordered, places, ruleOf } from './overlap'

// A = {1,2,3,4}, B = {3,4,5}, C = {4}: by who is in exactly which.
const regions = [
  { mask: 0b001, count: 2 },
  { mask: 0b010, count: 1 },
  { mask: 0b011, count: 1 },
  { mask: 0b111, count: 1 },
  { mask: 0b100, count: 0 },
]

describe('audiences over each other', () => {
  it('orders by size, then by how many are in it; leaves out what is empty', () => {
    expect(ordered(regions).map((r) => r.mask)).toEqual([0b001, 0b010, 0b011, 0b111])
  })
  it('says a region as a rule', () => {
    expect(places(0b101, 3)).toEqual([0, 2])
    expect(ruleOf([7, 8, 9], 0b101)).toEqual({
      all: [
        { field: 'audience', op: 'all', value: [7, 9] },
        { field: 'audience', op: 'none', value: [8] },
      ],
    })
    expect(ruleOf([7, 8], 0b11)).toEqual({ all: [{ field: 'audience', op: 'all', value: [7, 8] }] })
  })
})
