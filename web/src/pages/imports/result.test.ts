import { describe, expect, it } from 'vitest'
import type { Counts } from './api'
import { balances, shares, told, yuan } from './result'

it('accounts for every row', () => {
  expect(balances({ rows_read: 10, accepted: 6, rejected: 1, unchanged: 3 })).toBe(true)
  expect(balances({ rows_read: 10, accepted: 6, rejected: 1, unchanged: 2 })).toBe(false)
})

describe('shares', () => {
  it('add up to 100 and show small parts', () => {
    const [a = 0, b = 0, c = 0] = shares([1_000_000, 0, 3])
    expect(a + b + c).toBeCloseTo(100)
    expect(b).toBe(0)
    expect(c).toBeGreaterThan(0.9)
  })
  it('are nothing of nothing', () => expect(shares([0, 0])).toEqual([0, 0]))
})

it('tells counts that are there, of the kind only', () => {
  const counts = { returns: 2, refunded: 0, exact_duplicates: 5, contacts_added: 1 } as Counts
  expect(told({ kind: 'orders', counts })).toEqual([
    { code: 'returns', value: 2 },
    { code: 'exact_duplicates', value: 5 },
    { code: 'contacts_added', value: 1 },
  ])
  expect(told({ kind: 'customers', counts }).map((c) => c.code)).toEqual([
    'contacts_added',
    'exact_duplicates',
  ])
})

it.each([
  ['1501873.78', '¥1,501,873.78'],
  ['1501873.785', '¥1,501,873.785'],
  ['-0.5', '-¥0.50'],
  ['0', '¥0.00'],
  ['999', '¥999.00'],
  ['92233720368547758.07', '¥92,233,720,368,547,758.07'],
  ['?', '?'],
])('%s is %s', (text, out) => expect(yuan(text)).toBe(out))
