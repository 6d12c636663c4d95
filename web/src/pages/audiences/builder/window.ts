// The windows of facts as choices: no limit, the last N days, a calendar period, fixed days.
import type { Unit, Window } from './node'

export type Mode = 'all' | 'last' | 'period' | 'fixed'

export function modeOf(w: Window | undefined): Mode {
  if (w?.last !== undefined) return 'last'
  if (w?.unit) return 'period'
  return w?.from !== undefined || w?.to !== undefined ? 'fixed' : 'all'
}

/** Calendar periods by a name of their own, the frequent ones first. */
export const periods = {
  this_month: { unit: 'month' },
  last_month: { unit: 'month', back: 1 },
  this_quarter: { unit: 'quarter' },
  last_quarter: { unit: 'quarter', back: 1 },
  this_year: { unit: 'year' },
  last_year: { unit: 'year', back: 1 },
  this_week: { unit: 'week' },
  last_week: { unit: 'week', back: 1 },
  today: { unit: 'day' },
  yesterday: { unit: 'day', back: 1 },
  // The same place in the year before: whole, and up to the day that is now.
  month_year_ago: { unit: 'month', years: 1 },
  quarter_year_ago: { unit: 'quarter', years: 1 },
  month_year_ago_to_date: { unit: 'month', years: 1, to_date: true },
  quarter_year_ago_to_date: { unit: 'quarter', years: 1, to_date: true },
  last_year_to_date: { unit: 'year', back: 1, to_date: true },
} as const satisfies Record<string, Window>

export type Period = keyof typeof periods

const parts = (w: Window) => [w.unit, w.back ?? 0, w.years ?? 0, Boolean(w.to_date)].join()

/** The name of a calendar window; null for one that has none. */
export function periodOf(w: Window): Period | null {
  const names = Object.keys(periods) as Period[]
  return names.find((name) => parts(periods[name]) === parts(w)) ?? null
}

/** A calendar window without the parts that say nothing. */
export function calendar(w: { unit: Unit; back?: number; years?: number; to_date?: boolean }) {
  const out: Window = { unit: w.unit }
  if (w.back) out.back = w.back
  if (w.years) out.years = w.years
  if (w.to_date) out.to_date = true
  return out
}

/** The window that a mode begins with. */
export function startOf(mode: Mode): Window | undefined {
  switch (mode) {
    case 'last':
      return { last: 90 }
    case 'period':
      return { unit: 'month' }
    case 'fixed':
      return { from: '' }
    default:
      return undefined
  }
}

/** Fixed days without those that are not given. */
export function fixed(from: string | undefined, to: string | undefined): Window {
  const out: Window = {}
  if (from) out.from = from
  if (to) out.to = to
  return from || to ? out : { from: '' }
}
