import { describe, expect, it } from 'vitest'
import type { WindowFigures } from './api'
import { baseOf } from './figures'

const window = (days: number, net_fen: number, orders: number): WindowFigures => ({
  days,
  net_fen,
  orders,
  sales_fen: net_fen,
  refunded_fen: 0,
  aov_fen: null,
  months: 0,
  repurchase_rate: null,
})
const windows = [
  window(30, 1_000, 1),
  window(90, 4_000, 4),
  window(180, 9_000, 9),
  window(365, 20_000, 20),
  window(0, 50_000, 50),
]

describe('baseOf', () => {
  const asOf = '2026-11-20'
  it('compares 90 days with the 90 before, exactly', () => {
    expect(baseOf(windows, 90, '2024-01-01', asOf)).toEqual({
      label: 'prior_90',
      net_fen: 5_000,
      orders: 5,
    })
  })
  it('scales the rest of the longer window', () => {
    expect(baseOf(windows, 30, '2024-01-01', asOf)).toEqual({
      label: 'before_30',
      net_fen: 1_500,
      orders: 1.5,
    })
    expect(baseOf(windows, 180, '2024-01-01', asOf)?.net_fen).toBe(Math.round((11_000 * 180) / 185))
  })
  it('takes the yearly mean before the last year', () => {
    // 730 days of history: one year before the last one.
    const base = baseOf(windows, 365, '2024-11-21', asOf)
    expect(base).toEqual({ label: 'before_365', net_fen: 30_000, orders: 30 })
  })
  it.each([
    ['no purchase', null, 90],
    ['all time', '2020-01-01', 0],
    ['a new customer', '2026-11-01', 30],
    ['40 days before the last year', '2025-10-12', 365],
    ['an unknown window', '2020-01-01', 60],
  ])('has no base for %s', (_name, first, days) => {
    expect(baseOf(windows, days, first, asOf)).toBeNull()
  })
  it('needs the whole span before a short window', () => {
    expect(baseOf(windows, 30, '2026-08-23', asOf)).not.toBeNull() // 90 days
    expect(baseOf(windows, 30, '2026-08-24', asOf)).toBeNull()
  })
})
