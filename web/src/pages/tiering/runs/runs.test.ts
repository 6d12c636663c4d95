import dayjs from 'dayjs'
import { describe, expect, it } from 'vitest'
import type { LevelSummary, Run, Summary } from '../api'
import { customersOf } from '../links'
import { quarterEnd } from './AsOfField'
import { pairLevels } from './compare'
import { meter } from './meter'
import { duration } from './RunStatus'

describe('meter', () => {
  it.each([
    [50, 100, 44.64, 89.29],
    [100, 50, 89.29, 44.64],
    [-10, 100, 0, 89.29],
  ])('%s against %s', (figure, threshold, a, b) => {
    const bar = meter(figure, threshold)
    expect(bar?.figure).toBeCloseTo(a, 1)
    expect(bar?.threshold).toBeCloseTo(b, 1)
  })
  it.each([
    [null, 5],
    [5, null],
    [0, 0],
    [-3, 0],
  ])('%s against %s shows no bar', (a, b) => expect(meter(a, b)).toBeNull())
})

describe('two runs', () => {
  const level = (code: string, customers: number) =>
    ({
      code,
      name: code,
      customers,
      revenue_fen: customers * 100,
      share: 0.5,
      avg_spend_fen: 100,
    }) as LevelSummary
  const summary = (levels: LevelSummary[]) => ({ levels, customers: 10 }) as Summary
  it('list the levels of the later one first, then what is gone', () => {
    const pairs = pairLevels(
      summary([level('high', 2), level('old', 8)]),
      summary([level('high', 4), level('new', 6)]),
    )
    expect(pairs.map((p) => [p.code, p.a?.customers ?? null, p.b?.customers ?? null])).toEqual([
      ['high', 2, 4],
      ['new', null, 6],
      ['old', 8, null],
    ])
    expect(pairs[0]?.b?.customerShare).toBe(0.4)
  })
})

it.each([
  ['2026-11-21', '2026-09-30'],
  ['2026-01-01', '2025-12-31'],
  ['2026-04-01', '2026-03-31'],
  ['2026-05-31', '2026-03-31'],
])('the quarter before %s ends on %s', (day, want) => {
  expect(quarterEnd(dayjs(day)).format('YYYY-MM-DD')).toBe(want)
})

it('measures a run only from its start', () => {
  const run = (started_at: number, finished_at: number) => ({ started_at, finished_at }) as Run
  expect(duration(run(0, 0))).toBeNull()
  expect(duration(run(1000, 0), 4000)).toBe(3000)
  expect(duration(run(1000, 2500), 9000)).toBe(1500)
})

it('addresses customers by filters', () => {
  expect(customersOf(3)).toBe('/tiering/runs/3/customers')
  expect(customersOf(3, { level: 'a b', move: 'up' })).toBe(
    '/tiering/runs/3/customers?level=a+b&move=up',
  )
})
