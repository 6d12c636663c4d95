import { levelTone } from '@/kit'
import type { HeatCell, LorenzPoint, Moves, Summary } from '../api'

/** Colour of each level of a run by its code; the same in every figure. */
export function tonesOf(levels: { code: string }[]): Map<string, number> {
  return new Map(levels.map((l, i) => [l.code, levelTone(l.code, i + 1)]))
}

export const partOf = (part: number, all: number) => (all > 0 ? Math.max(0, part) / all : 0)

/** A share that would be written as 0.0 % is 0: refunds alone make tiny negative ones. */
export const plainShare = (share: number) => (Math.abs(share) < 0.0005 ? 0 : share)

/** Who came into a level and who left it since the run before. */
export interface Flow {
  fromOther: number
  toOther: number
  fresh: number
}

/** null where the level is not in the comparison. `customers` is the level's size now. */
export function flowOf(moves: Moves, code: string, customers: number): Flow | null {
  const at = moves.codes.indexOf(code)
  if (at < 0) return null
  let stayed = 0
  let fromOther = 0
  let toOther = 0
  moves.matrix.forEach((row, from) => {
    row.forEach((n, to) => {
      if (from === at && to === at) stayed += n
      else if (to === at) fromOther += n
      else if (from === at) toOther += n
    })
  })
  return { fromOther, toOther, fresh: Math.max(0, customers - stayed - fromOther) }
}

/** Share of revenue that the poorest `share` of buyers hold, between the points of the curve. */
export function lorenzAt(points: LorenzPoint[], share: number): number {
  let before: LorenzPoint = { customers: 0, revenue: 0 }
  for (const p of points) {
    if (p.customers >= share) {
      const width = p.customers - before.customers
      if (width <= 0) return p.revenue
      return before.revenue + ((share - before.customers) / width) * (p.revenue - before.revenue)
    }
    before = p
  }
  return before.revenue
}

/** Rows of the heat map: recency 5 … 1, in each frequency 1 … 5. */
export function heatRows(cells: HeatCell[]): HeatCell[][] {
  const size = Math.max(5, ...cells.map((c) => Math.max(c.r, c.f)))
  const rows: HeatCell[][] = []
  for (let r = size; r >= 1; r--) {
    const row: HeatCell[] = []
    for (let f = 1; f <= size; f++) {
      row.push(cells.find((c) => c.r === r && c.f === f) ?? { r, f, customers: 0, revenue_fen: 0 })
    }
    rows.push(row)
  }
  return rows
}

/**
 * The boundaries of the heat map's classes, by class: the most days of a recency
 * class, the least orders of a frequency class. Classes that ties leave empty have
 * none; null where the scheme has classes of its own.
 */
export function heatCuts(s: Summary): { r: Map<number, number>; f: Map<number, number> } | null {
  const own = s.scheme.method === 'rfm' ? s.scheme.rfm : undefined
  if (own && (own.bins !== 5 || own.recency || own.frequency || own.monetary)) return null
  const r = byClass(s.heat ?? [], 'r', s.rfm?.cuts_r)
  const f = byClass(s.heat ?? [], 'f', s.rfm?.cuts_f)
  return r && f ? { r, f } : null
}

// The server lists the boundaries of the classes that occur, from the second up.
function byClass(cells: HeatCell[], axis: 'r' | 'f', cuts: number[] | null | undefined) {
  const seen = new Set(cells.filter((c) => c.customers > 0).map((c) => c[axis]))
  seen.delete(1)
  const classes = [...seen].sort((a, b) => a - b)
  if (!cuts || cuts.length !== classes.length) return null
  return new Map(classes.map((k, i) => [k, cuts[i] ?? 0]))
}

/** Strength of a colour, 0–1, by the square root: small cells stay visible. */
export const strength = (value: number, most: number) =>
  most > 0 && value > 0 ? Math.sqrt(value / most) : 0

/** Which way a customer went between two levels of a comparison, best level first. */
export function direction(moves: Moves, from: number, to: number, levels: number): Direction {
  if (from === to) return 'same'
  if (from >= levels || to >= levels || from >= moves.codes.length) return 'changed'
  return to < from ? 'up' : 'down'
}

export type Direction = 'same' | 'up' | 'down' | 'changed'

/** Days from the first to the last of a window, both included. */
export function windowDays(from: string, to: string): number {
  return Math.round((Date.parse(to) - Date.parse(from)) / 86_400_000) + 1
}
