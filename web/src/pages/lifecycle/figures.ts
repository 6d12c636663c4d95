import type { Cohort, Flow, Trend } from './api'

/** A stage on one side of the flow: `size` is how thick its bands are together. */
export interface FlowNode {
  code: string
  customers: number
  y: number
  /** Height of its place, at least that of a line of text. */
  height: number
}

/** Customers of one stage who are in another, as a band between the sides. */
export interface FlowBand {
  source: string
  target: string
  customers: number
  size: number
  y0: number
  y1: number
}

export interface FlowLayout {
  height: number
  sources: FlowNode[]
  targets: FlowNode[]
  bands: FlowBand[]
}

/** The least height of a place, px: its name stands there. */
export const flowLine = 26
const flowGap = 10
/** Height that all customers together take, px. */
const flowWhole = 220

/** Places of stages on both sides and the bands between them, in the order of the links. */
export function flowLayout(links: Flow['links'], order: string[]): FlowLayout {
  const total = links.reduce((sum, l) => sum + l.customers, 0)
  const scale = total > 0 ? flowWhole / total : 0
  const side = (codeOf: (link: Flow['links'][number]) => string) => {
    const sums = new Map<string, number>()
    for (const l of links) sums.set(codeOf(l), (sums.get(codeOf(l)) ?? 0) + l.customers)
    const codes = [...order, ...[...sums.keys()].filter((code) => !order.includes(code))]
    let y = 0
    return codes.flatMap((code): FlowNode[] => {
      const customers = sums.get(code)
      if (!customers) return []
      const node = { code, customers, y, height: Math.max(customers * scale, flowLine) }
      y += node.height + flowGap
      return [node]
    })
  }
  const sources = side((l) => l.source)
  const targets = side((l) => l.target)
  const end = (nodes: FlowNode[]) => {
    const last = nodes[nodes.length - 1]
    return last ? last.y + last.height : 0
  }
  // A place that is higher than its bands holds them in its middle.
  const next = (nodes: FlowNode[]) =>
    new Map(nodes.map((n) => [n.code, n.y + (n.height - n.customers * scale) / 2]))
  const [from, to] = [next(sources), next(targets)]
  const rank = new Map(targets.map((n, i) => [n.code, i]))
  const sourceRank = new Map(sources.map((n, i) => [n.code, i]))
  const bands = [...links]
    .filter((l) => l.customers > 0)
    .sort(
      (a, b) =>
        (sourceRank.get(a.source) ?? 0) - (sourceRank.get(b.source) ?? 0) ||
        (rank.get(a.target) ?? 0) - (rank.get(b.target) ?? 0),
    )
    .map((l): FlowBand => {
      const size = l.customers * scale
      const [y0, y1] = [from.get(l.source) ?? 0, to.get(l.target) ?? 0]
      from.set(l.source, y0 + size)
      to.set(l.target, y1 + size)
      return { ...l, size, y0, y1 }
    })
  return { height: Math.max(end(sources), end(targets)), sources, targets, bands }
}

/** The outline of a band from x 0 to 100. */
export function bandPath({ y0, y1, size }: FlowBand): string {
  const thick = Math.max(size, 1)
  return `M0 ${y0}C50 ${y0} 50 ${y1} 100 ${y1}V${y1 + thick}C50 ${y1 + thick} 50 ${y0 + thick} 0 ${y0 + thick}Z`
}

/** Customers of each stage at the first and the last point, who came and who left in between. */
export function changes(trend: Trend) {
  const first = trend.points[0]
  const last = trend.points[trend.points.length - 1]
  const count = (point: typeof first, code: string) =>
    point?.stages.find((s) => s.code === code)?.customers ?? 0
  return new Map(
    trend.stages.map(({ code }) => {
      const behind = trend.points.slice(1).flatMap((p) => p.stages.filter((s) => s.code === code))
      return [
        code,
        {
          before: count(first, code),
          now: count(last, code),
          entered: behind.reduce((sum, s) => sum + s.entered, 0),
          left: behind.reduce((sum, s) => sum + s.left, 0),
        },
      ] as const
    }),
  )
}

/** Share of a cohort that bought in a month behind its first one; null where that month has not come. */
export function kept(cohort: Cohort, month: number): number | null {
  const active = cohort.active[month]
  if (active === undefined || cohort.customers === 0) return null
  return active / cohort.customers
}

/** How strong a cell is drawn, 0–1: roots, because few of many come back, measured by the best month. */
export function heat(share: number | null, best: number): number {
  if (!share || best <= 0) return 0
  return Math.min(1, Math.sqrt(share / best))
}

/** The best share behind the first month: the first is everybody by definition. */
export const bestKept = (cohorts: Cohort[], months: number) =>
  Math.max(
    0,
    ...cohorts.flatMap((c) => Array.from({ length: months - 1 }, (_, i) => kept(c, i + 1) ?? 0)),
  )

/** Days within what there is a history of; null where less than one day lies between them. */
export function clamp(
  days: { from: string; to: string },
  begun: string,
  open: string,
): { from: string; to: string } | null {
  const from = days.from < begun ? begun : days.from
  const to = days.to > open ? open : days.to
  return from < to ? { from, to } : null
}

/** Customers of a stage, as the address of their list. */
export const customersOf = (stage: string) => `/customers?lifecycle=${encodeURIComponent(stage)}`

/** Share of the tasks that ended with the customer won back; null while none has ended. */
export const wonShare = ({ won, lost }: { won: number; lost: number }): number | null =>
  won + lost > 0 ? won / (won + lost) : null
