// What in a customer's figures asks for something to be done. Pure; tested.
import type { Figures } from './api'

export interface Signal {
  /** Catalogue key after `customers.signal.`. */
  code: 'overdue' | 'carts' | 'birthday'
  params: Record<string, number | string>
}

const dayMs = 86_400_000
/** How much longer than the own rhythm a customer stays away before it counts. */
const overdueFactor = 1.5
const birthdayDays = 14

/**
 * Signals, the most urgent first: away for more than 1.5 times the customer's
 * own mean interval (with three purchases or more), things left in the cart,
 * a birthday within 14 days of `today`. `birthday` is the next day on which it is
 * kept (solar or lunar: the server says), null where unknown; days are YYYY-MM-DD.
 */
export function signals(figures: Figures, birthday: string | null, today: string): Signal[] {
  const out: Signal[] = []
  const orders = figures.windows.find((w) => w.days === 0)?.orders ?? 0
  const { interval_days: interval, days_since: away, carts_90: carts = 0 } = figures
  if (interval != null && away != null && orders >= 3 && interval >= 1) {
    if (away > interval * overdueFactor) {
      out.push({ code: 'overdue', params: { interval: Math.round(interval), count: away } })
    }
  }
  if (carts > 0) out.push({ code: 'carts', params: { count: carts } })
  if (birthday) {
    const left = Math.round((Date.parse(birthday) - Date.parse(today)) / dayMs)
    if (left >= 0 && left <= birthdayDays) {
      out.push({ code: 'birthday', params: { day: birthday.slice(-5), count: left } })
    }
  }
  return out
}
