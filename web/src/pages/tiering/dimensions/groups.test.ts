import { describe, expect, it } from 'vitest'
import type { Dimension } from '../api'
import { need, rfm, rules } from '../schemes/samples'
import { dimensionOf, grouped, newPositions } from './groups'

const dimension = (code: string, position: number, archived = false): Dimension => ({
  code,
  name: code,
  position,
  archived,
  scheme: '',
  review: false,
  shipped: false,
  version: 1,
  updated_at: 0,
})

describe('schemes by dimension', () => {
  const all = [dimension('value', 1), dimension('need', 2), dimension('gone', 3, true)]
  it('a scheme without a dimension is of value', () => {
    expect([rules, need].map(dimensionOf)).toEqual(['value', 'need'])
  })
  it('have the one in use first, and no group for what is out of use and empty', () => {
    const views = [
      { scheme: rfm, default: false },
      { scheme: need, default: false },
      { scheme: rules, default: true },
    ]
    const groups = grouped(all, views)
    expect(groups.map((g) => [g.dimension.code, g.items.map((v) => v.scheme.code)])).toEqual([
      ['value', ['value-rules', 'rfm']],
      ['need', ['need-rules']],
    ])
    const old = { scheme: { ...need, dimension: 'gone' }, default: false }
    expect(grouped(all, [old]).map((g) => g.dimension.code)).toEqual(['value', 'need', 'gone'])
  })
})

it('changes only the positions that differ', () => {
  const order = [dimension('b', 2), dimension('a', 1), dimension('c', 3), dimension('d', 9)]
  expect(newPositions(order)).toEqual([
    { code: 'b', position: 1 },
    { code: 'a', position: 2 },
    { code: 'd', position: 4 },
  ])
})
