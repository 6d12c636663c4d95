// What the figures of a customer's windows say beyond themselves. Pure; tested.
import type { WindowFigures } from './api'

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
  firstDay: string | null | undefined,
  asOf: string,
): Base | null {
  const at = (d: number) => windows.find((w) => w.days === d)
  const own = at(days)
  if (!own || !firstDay || days === 0) return null
  if (own.net_fen === undefined || own.orders === undefined) return null
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
  if (outer.net_fen === undefined || outer.orders === undefined) return null
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
