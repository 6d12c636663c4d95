import { describe, expect, it } from 'vitest'
import { circles, ordered, places, ruleOf } from './overlap'

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
  it('draws two audiences as circles true to size', () => {
    // A lens drawn point by point has the area that was asked for.
    const cases: [number, number, number][] = [
      [470, 2706, 157],
      [100, 100, 50],
      [100, 100, 99],
      [9, 1_000_000, 4],
    ]
    for (const [first, second, both] of cases) {
      const { a, b, d } = circles(first, second, both)
      expect(Math.PI * a * a).toBeCloseTo(first)
      expect(Math.PI * b * b).toBeCloseTo(second)
      let area = 0
      const step = (2 * a) / 20_000
      for (let x = -a + step / 2; x < a; x += step) {
        const height = Math.min(a * a - x * x, b * b - (x - d) * (x - d))
        if (height > 0) area += 2 * Math.sqrt(height) * step
      }
      expect(area / both).toBeCloseTo(1, 2)
    }
    // One inside the other, the same one twice, and none in common.
    const inside = circles(10, 1000, 10)
    expect(inside.d).toBeLessThanOrEqual(inside.b - inside.a + 1e-6)
    expect(circles(10, 10, 10).d).toBeCloseTo(0)
    const apart = circles(10, 20, 0)
    expect(apart.d).toBeGreaterThan(apart.a + apart.b)
  })
})
