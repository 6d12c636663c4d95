import { describe, expect, it } from 'vitest'
import {
  bandPath,
  bestKept,
  changes,
  clamp,
  flowLayout,
  flowLine,
  heat,
  kept,
  wonShare,
} from './figures'

const links = [
  { source: 'new', target: 'new', customers: 500 },
  { source: 'new', target: 'mature', customers: 300 },
  { source: 'mature', target: 'warning', customers: 199 },
  { source: '', target: 'new', customers: 1 },
]
const order = ['new', 'mature', 'warning']

describe('flow', () => {
  const flow = flowLayout(links, order)
  const scale = 220 / 1000

  it('gives every stage what its bands sum up to, on both sides', () => {
    for (const [nodes, side] of [
      [flow.sources, 'source'],
      [flow.targets, 'target'],
    ] as const) {
      expect(nodes.reduce((sum, n) => sum + n.customers, 0)).toBe(1000)
      for (const node of nodes) {
        const own = flow.bands.filter((b) => b[side] === node.code)
        expect(own.reduce((sum, b) => sum + b.customers, 0)).toBe(node.customers)
        expect(own.reduce((sum, b) => sum + b.size, 0)).toBeCloseTo(node.customers * scale)
        expect(node.height).toBeGreaterThanOrEqual(flowLine)
      }
    }
  })
  it('keeps bands within their places and apart from each other', () => {
    for (const [nodes, side, y] of [
      [flow.sources, 'source', 'y0'],
      [flow.targets, 'target', 'y1'],
    ] as const) {
      for (const node of nodes) {
        let end = node.y
        for (const band of flow.bands.filter((b) => b[side] === node.code)) {
          expect(band[y]).toBeGreaterThanOrEqual(end - 1e-9)
          end = band[y] + band.size
        }
        expect(end).toBeLessThanOrEqual(node.y + node.height + 1e-9)
        expect(node.y + node.height).toBeLessThanOrEqual(flow.height + 1e-9)
      }
    }
  })
  it('keeps the order of stages and puts those who came new last', () => {
    expect(flow.sources.map((n) => n.code)).toEqual(['new', 'mature', ''])
    expect(flow.targets.map((n) => n.code)).toEqual(['new', 'mature', 'warning'])
  })
  it('is empty without customers, and draws thin bands', () => {
    expect(flowLayout([], order)).toEqual({ height: 0, sources: [], targets: [], bands: [] })
    expect(bandPath({ source: '', target: '', customers: 1, size: 0.1, y0: 0, y1: 5 })).toBe(
      'M0 0C50 0 50 5 100 5V6C50 6 50 1 0 1Z',
    )
  })
})

it('changes are from the end of the first day to that of the last', () => {
  const point = (day: string, customers: number, entered: number, left: number) => ({
    day,
    stages: [{ code: 'new', customers, entered, left }],
  })
  const got = changes({
    stages: [{ code: 'new', name: '新客', tone: 1 }],
    points: [
      point('2026-01-01', 10, 9, 9),
      point('2026-01-02', 12, 3, 1),
      point('2026-01-03', 11, 0, 1),
    ],
  })
  expect(got.get('new')).toEqual({ before: 10, now: 11, entered: 3, left: 2 })
})

describe('retention', () => {
  const cohorts = [
    { month: '2026-01', customers: 200, active: [200, 50, 8] },
    { month: '2026-02', customers: 10, active: [10, 0] },
  ]
  it.each([
    [0, 1, 0.25],
    [0, 2, 0.04],
    [1, 1, 0],
    [1, 2, null],
  ])('cohort %i month +%i', (i, month, want) => {
    const cohort = cohorts[i]
    expect(cohort && kept(cohort, month)).toBe(want)
  })
  it('is measured by the best month behind the first', () => {
    expect(bestKept(cohorts, 3)).toBe(0.25)
    expect(heat(0.25, 0.25)).toBe(1)
    expect(heat(0.04, 0.25)).toBeCloseTo(0.4)
    expect(heat(1, 0.25)).toBe(1)
    expect(heat(null, 0.25)).toBe(0)
    expect(heat(0.1, 0)).toBe(0)
  })
})

it.each([
  ['2026-01-01', '2026-06-30', { from: '2026-03-01', to: '2026-05-31' }],
  ['2026-04-01', '2026-05-01', { from: '2026-04-01', to: '2026-05-01' }],
  ['2026-01-01', '2026-02-01', null],
  ['2026-05-31', '2026-05-31', null],
])('days %s–%s within the history', (from, to, want) =>
  expect(clamp({ from, to }, '2026-03-01', '2026-05-31')).toEqual(want),
)

it('win-back success counts what has ended', () => {
  expect(wonShare({ won: 0, lost: 0 })).toBeNull()
  expect(wonShare({ won: 3, lost: 1 })).toBe(0.75)
})
