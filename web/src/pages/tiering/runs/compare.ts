import type { Summary } from '../api'
import { partOf } from '../report/figures'

/** One level in two runs; null where a run does not have it. */
export interface LevelPair {
  code: string
  name: string
  rank: number
  a: LevelSide | null
  b: LevelSide | null
}

export interface LevelSide {
  customers: number
  customerShare: number
  revenueFen: number
  share: number
  avgSpendFen: number
}

function sideOf(s: Summary, code: string): LevelSide | null {
  const l = s.levels.find((x) => x.code === code)
  if (!l) return null
  return {
    customers: l.customers,
    customerShare: partOf(l.customers, s.customers),
    revenueFen: l.revenue_fen,
    share: l.share,
    avgSpendFen: l.avg_spend_fen,
  }
}

/** Levels of both runs: those of the later one first, then what only the earlier one had. */
export function pairLevels(a: Summary, b: Summary): LevelPair[] {
  const out: LevelPair[] = []
  for (const [s, other] of [
    [b, a],
    [a, b],
  ] as const) {
    s.levels.forEach((l, i) => {
      if (out.some((p) => p.code === l.code)) return
      const mine = sideOf(s, l.code)
      const theirs = sideOf(other, l.code)
      out.push({
        code: l.code,
        name: l.name,
        rank: i + 1,
        a: s === b ? theirs : mine,
        b: s === b ? mine : theirs,
      })
    })
  }
  return out
}
