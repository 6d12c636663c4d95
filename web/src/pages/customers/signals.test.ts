import { describe, expect, it } from 'vitest'
import type { Figures } from './api'
import { signals } from './signals'

const figures = (part: Partial<Figures>, orders: number): Figures =>
  ({
    windows: [{ days: 0, orders }],
    interval_days: null,
    days_since: null,
    carts_90: 0,
    ...part,
  }) as unknown as Figures

describe('signals', () => {
  it.each([
    ['away for longer than the rhythm', { interval_days: 30, days_since: 46 }, 3, ['overdue']],
    ['within the rhythm', { interval_days: 30, days_since: 45 }, 3, []],
    ['too few purchases for a rhythm', { interval_days: 30, days_since: 90 }, 2, []],
    ['several purchases on one day', { interval_days: 0, days_since: 90 }, 5, []],
    ['things in the cart', { carts_90: 2 }, 0, ['carts']],
  ])('%s', (_name, part, orders, codes) => {
    expect(signals(figures(part, orders), null, '2026-11-20').map((s) => s.code)).toEqual(codes)
  })
  it('says a birthday two weeks ahead', () => {
    const of = (next: string) => signals(figures({}, 1), next, '2026-12-25')
    expect(of('2027-01-08')).toEqual([{ code: 'birthday', params: { day: '01-08', count: 14 } }])
    expect(of('2026-12-25')).toEqual([{ code: 'birthday', params: { day: '12-25', count: 0 } }])
    expect(of('2027-01-09')).toEqual([])
    expect(of('2026-12-24')).toEqual([])
  })
})
