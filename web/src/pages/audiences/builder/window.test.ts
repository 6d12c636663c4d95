import { describe, expect, it } from 'vitest'
import type { Window } from './node'
import { calendar, fixed, modeOf, type Period, periodOf, periods, startOf } from './window'

describe('windows', () => {
  it.each<[ReturnType<typeof modeOf>, Window | undefined]>([
    ['all', undefined],
    ['all', {}],
    ['last', { last: 7 }],
    ['period', { unit: 'month', back: 1 }],
    ['fixed', { to: '2026-01-31' }],
    ['fixed', { from: '' }],
  ])('are of mode %s: %j', (mode, window) => expect(modeOf(window)).toBe(mode))

  it.each(['last', 'period', 'fixed'] as const)('begin with one of mode %s', (mode) =>
    expect(modeOf(startOf(mode))).toBe(mode),
  )

  it('have a name each, and are found by it', () => {
    for (const [name, window] of Object.entries(periods)) {
      expect(periodOf(window)).toBe(name)
      expect(periodOf(calendar(window))).toBe(name)
    }
    expect(periodOf({ unit: 'month', back: 0, years: 0, to_date: false })).toBe(
      'this_month' satisfies Period,
    )
    expect(periodOf({ unit: 'month', back: 7 })).toBeNull()
  })

  it('leave out what says nothing', () => {
    expect(calendar({ unit: 'year', back: 0, years: 0, to_date: false })).toEqual({ unit: 'year' })
    expect(fixed(undefined, '2026-01-31')).toEqual({ to: '2026-01-31' })
  })
})
