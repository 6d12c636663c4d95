// What the figures of a customer's windows say beyond themselves. Pure; tested.
import type { Order, WindowFigures } from './api'

const dayMs = 86_400_000

/** What a window is compared with, brought to the window's own length. */
export interface Base {
  /** Catalogue key after `customers.base.`. */
  label: 'prior_90' | 'before_30' | 'before_180' | 'before_365'
  net_fen: number
  orders: number
}

function dayNumber(day: string): number {
  return Math.round(Date.parse(`${day}T00:00:00Z`) / dayMs)
}

/**
 * The time before each window, from the windows themselves: 90 days are
 * compared with the 90 before them exactly; 30 and 180 with the rest of the
 * next longer window, scaled to 30 and 180 days; 365 with the yearly mean of
 * all the time before. Null where the customer was not yet known through the
 * time compared with (for 365 days: less than 90 days before them).
 */
export function baseOf(
  windows: WindowFigures[],
  days: number,
  firstDay: string | null,
  asOf: string,
): Base | null {
  const at = (d: number) => windows.find((w) => w.days === d)
  const own = at(days)
  if (!own || !firstDay || days === 0) return null
  // Days from the first purchase to the as-of day, both included.
  const known = dayNumber(asOf) - dayNumber(firstDay) + 1
  // 0 is all time.
  const longer = { 30: 90, 90: 180, 180: 365, 365: 0 }[days]
  const label = {
    30: 'before_30',
    90: 'prior_90',
    180: 'before_180',
    365: 'before_365',
  }[days] as Base['label'] | undefined
  const outer = longer === undefined ? undefined : at(longer)
  if (!outer || !label || longer === undefined) return null
  const span = (longer || known) - days
  if (longer === 0 ? span < 90 : known < longer) return null
  const scale = days / span
  return {
    label,
    net_fen: Math.round((outer.net_fen - own.net_fen) * scale),
    orders: (outer.orders - own.orders) * scale,
  }
}

export interface Month {
  /** 2026-09. */
  month: string
  net_fen: number
  orders: number
}

/**
 * Net spend by calendar month of the company, oldest first, without gaps, at
 * most `most` months up to the as-of day. Orders come newest first. Where they
 * are not all there (`complete` false), the oldest month is cut off: some of
 * its orders may be missing.
 */
export function byMonth(orders: Order[], asOf: string, complete: boolean, most = 24): Month[] {
  const sums = new Map<string, Month>()
  for (const order of orders) {
    const month = order.day.slice(0, 7)
    const sum = sums.get(month) ?? { month, net_fen: 0, orders: 0 }
    sum.net_fen += order.net_fen
    if (order.net_fen > 0) sum.orders += 1
    sums.set(month, sum)
  }
  const oldest = orders.at(-1)?.day.slice(0, 7)
  if (!oldest) return []
  if (!complete) sums.delete(oldest)
  const first = [...sums.keys()].sort()[0]
  if (!first) return []
  const out: Month[] = []
  for (let month = asOf.slice(0, 7); month >= first && out.length < most; month = before(month)) {
    out.unshift(sums.get(month) ?? { month, net_fen: 0, orders: 0 })
  }
  return out
}

function before(month: string): string {
  const [year = 0, number = 1] = month.split('-').map(Number)
  const [y, m] = number === 1 ? [year - 1, 12] : [year, number - 1]
  return `${y}-${String(m).padStart(2, '0')}`
}
