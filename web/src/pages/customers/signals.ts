// What in a customer's figures asks for something to be done. Pure; tested.
import type { Figures, Identity } from './api'

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
 * a birthday within 14 days of `today` (YYYY-MM-DD).
 */
export function signals(
  figures: Figures,
  customer: Pick<Identity, 'birthday'>,
  today: string,
): Signal[] {
  const out: Signal[] = []
  const orders = figures.windows.find((w) => w.days === 0)?.orders ?? 0
  const { interval_days: interval, days_since: away, carts_90: carts = 0 } = figures
  if (interval != null && away != null && orders >= 3 && interval >= 1) {
    if (away > interval * overdueFactor) {
      out.push({ code: 'overdue', params: { interval: Math.round(interval), count: away } })
    }
  }
  if (carts > 0) out.push({ code: 'carts', params: { count: carts } })
  const birthday = customer.birthday ?? ''
  const left = daysToBirthday(birthday, today)
  if (left !== null && left <= birthdayDays) {
    out.push({ code: 'birthday', params: { day: birthday.slice(-5), count: left } })
  }
  return out
}

/** Days from today to the next birthday ("1990-02-28" or "02-28"); null where unknown. */
export function daysToBirthday(birthday: string, today: string): number | null {
  const day = /(\d{2})-(\d{2})$/.exec(birthday)
  const now = Date.parse(`${today}T00:00:00Z`)
  if (!day || Number.isNaN(now)) return null
  const year = Number(today.slice(0, 4))
  for (const y of [year, year + 1]) {
    // The 29th of February becomes the 1st of March in other years.
    const next = Date.UTC(y, Number(day[1]) - 1, Number(day[2]))
    if (next >= now) return Math.round((next - now) / dayMs)
  }
  return null
}
