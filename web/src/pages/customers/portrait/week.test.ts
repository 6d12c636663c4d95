import { describe, expect, it } from 'vitest'
import { strength, week } from './week'

describe('the week of a customer', () => {
  it('puts every purchase into its two hours and loses none', () => {
    const rows = week([
      { weekday: 6, hour: 20, orders: 5 },
      { weekday: 6, hour: 21, orders: 1 },
      { weekday: 7, hour: 0, orders: 2 },
    ])
    expect(rows).toHaveLength(7)
    expect(rows[5]?.[10]).toEqual({ weekday: 6, hour: 20, orders: 6 })
    expect(rows.flat().reduce((sum, c) => sum + c.orders, 0)).toBe(8)
  })

  it('draws nothing for nothing, and the most at full strength', () => {
    expect(strength(0, 9)).toBe(0)
    expect(strength(9, 9)).toBe(1)
    expect(strength(1, 0)).toBe(0)
  })
})
