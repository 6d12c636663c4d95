import { describe, expect, it } from 'vitest'
import type { HeatCell, Moves, Summary } from '../api'
import { rfm, rules } from '../schemes/samples'
import {
  direction,
  flowOf,
  heatCuts,
  heatRows,
  lorenzAt,
  partOf,
  plainShare,
  strength,
  tonesOf,
  windowDays,
} from './figures'

const moves: Moves = {
  previous_run_id: 1,
  previous_as_of: '2026-10-31',
  up: 8,
  down: 3,
  new: 5,
  gone: 0,
  unchanged: 100,
  changed: 2,
  codes: ['high', 'mid', 'low', 'old'],
  names: ['高', '中', '低', '旧'],
  matrix: [
    [20, 3, 0, 0],
    [6, 50, 0, 0],
    [2, 0, 30, 0],
    [0, 2, 0, 0],
  ],
}

it('keeps a colour per level', () => {
  expect([...tonesOf([{ code: 'high' }, { code: 'x' }, { code: 'none' }])]).toEqual([
    ['high', 1],
    ['x', 2],
    ['none', 0],
  ])
})

describe('moves', () => {
  it.each([
    ['high', 32, { fromOther: 8, toOther: 3, fresh: 4 }],
    ['mid', 56, { fromOther: 5, toOther: 6, fresh: 1 }],
    ['gone', 1, null],
  ])('into and out of %s', (code, customers, want) => {
    expect(flowOf(moves, code, customers)).toEqual(want)
  })
  it.each([
    [1, 0, 'up'],
    [0, 2, 'down'],
    [1, 1, 'same'],
    [3, 1, 'changed'], // from a level that is no more
  ])('from %s to %s is %s', (from, to, want) => {
    expect(direction(moves, from, to, 3)).toBe(want)
  })
})

describe('lorenz', () => {
  const points = [
    { customers: 0, revenue: 0 },
    { customers: 0.5, revenue: 0.1 },
    { customers: 1, revenue: 1 },
  ]
  it.each([
    [0, 0],
    [0.25, 0.05],
    [0.5, 0.1],
    [0.8, 0.64],
    [1, 1],
  ])('at %s is %s', (x, y) => expect(lorenzAt(points, x)).toBeCloseTo(y, 10))
  it('of nothing is 0', () => expect(lorenzAt([], 0.8)).toBe(0))
})

describe('heat map', () => {
  const cells: HeatCell[] = [
    { r: 5, f: 1, customers: 2, revenue_fen: 10 },
    { r: 4, f: 4, customers: 3, revenue_fen: 30 },
    { r: 1, f: 5, customers: 0, revenue_fen: 0 },
  ]
  const summary = (scheme: Summary['scheme'], cutsR: number[], cutsF: number[]) =>
    ({ scheme, heat: cells, rfm: { cuts_r: cutsR, cuts_f: cutsF } }) as unknown as Summary
  it('has recent above and frequent to the right', () => {
    const rows = heatRows(cells)
    expect(rows.map((r) => r[0]?.r)).toEqual([5, 4, 3, 2, 1])
    expect(rows[1]?.map((c) => c.customers)).toEqual([0, 0, 0, 3, 0])
  })
  it('names the boundaries of the classes that occur', () => {
    const cuts = heatCuts(summary(rules, [90, 30], [3]))
    expect([...(cuts?.r ?? [])]).toEqual([
      [4, 90],
      [5, 30],
    ])
    expect(cuts?.f.get(4)).toBe(3)
  })
  it('names none where they belong to other classes', () => {
    expect(heatCuts(summary(rules, [90], [3]))).toBeNull()
    expect(heatCuts(summary(rfm, [90, 30], [3]))).toBeNull()
  })
  it('shows small cells', () => {
    expect([strength(0, 100), strength(1, 100), strength(100, 100), strength(1, 0)]).toEqual([
      0, 0.1, 1, 0,
    ])
  })
})

it('writes shares plainly', () => {
  expect([plainShare(-0.00001), plainShare(-0.2), plainShare(0.3)]).toEqual([0, -0.2, 0.3])
  expect([partOf(1, 4), partOf(-1, 4), partOf(1, 0)]).toEqual([0.25, 0, 0])
})

it('counts the days of a window, both ends included', () => {
  expect(windowDays('2025-11-21', '2026-11-20')).toBe(365)
  expect(windowDays('2026-11-20', '2026-11-20')).toBe(1)
})
