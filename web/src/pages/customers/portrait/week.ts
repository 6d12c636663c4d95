// The week of a customer as rows of hours. Pure; tested.
import type { HeatCell } from './api'

export interface WeekCell {
  weekday: number
  /** First hour of the two. */
  hour: number
  orders: number
}

/** Seven days by twelve pairs of hours; what did not happen is 0. */
export function week(cells: HeatCell[]): WeekCell[][] {
  return Array.from({ length: 7 }, (_, day) =>
    Array.from({ length: 12 }, (_, pair) => ({
      weekday: day + 1,
      hour: pair * 2,
      orders: cells
        .filter((c) => c.weekday === day + 1 && Math.floor(c.hour / 2) === pair)
        .reduce((sum, c) => sum + c.orders, 0),
    })),
  )
}

/** How strong a cell is drawn, 0 to 1; the square root lets the few be seen beside the many. */
export const strength = (orders: number, most: number): number =>
  orders > 0 && most > 0 ? Math.sqrt(orders / most) : 0
