import { describe, expect, it } from 'vitest'
import { fileName } from './Export'
import { describeFilter } from './Filters'
import { visibleColumns } from './Settings'
import { parseSaved, savedDefault } from './saved'
import {
  filterParams,
  joinRange,
  type ListState,
  listQuery,
  nextSecond,
  nextSort,
  readState,
  sameFilters,
  splitRange,
  writeState,
  yuanToFen,
} from './state'
import type { FilterDef } from './types'

const defs: FilterDef[] = [
  { key: 'name', label: 'Name', type: 'text' },
  {
    key: 'level',
    label: 'Level',
    type: 'select',
    multiple: true,
    options: [
      { value: 'high', label: '高价值' },
      { value: 'mid', label: '\u3000中价值' },
    ],
  },
  { key: 'paid', label: 'Paid', type: 'dates' },
  { key: 'spend', label: 'Spend', type: 'range', unit: 'fen' },
  { key: 'orders', label: 'Orders', type: 'range', suffix: ' 笔' },
]
const defaults = { sort: '-spend', size: 20 }

describe('the address', () => {
  const state: ListState = {
    filters: { q: '王', level: 'high,mid', paid: '2026-01-01..2026-03-31', spend: '100..' },
    sort: 'name',
    size: 20,
    cursors: [],
  }
  it('gives back what was written', () => {
    const params = writeState(new URLSearchParams('tab=2'), state, defs, defaults)
    expect(params.get('tab')).toBe('2')
    expect(readState(params, [], defs, defaults)).toEqual(state)
  })
  it('leaves out empty filters and the default sort', () => {
    const params = writeState(
      new URLSearchParams('level=high'),
      { filters: { level: '' }, sort: '-spend', size: 20, cursors: ['x'] },
      defs,
      defaults,
    )
    expect(params.toString()).toBe('')
  })
  it('ignores what is no filter, and bounds what is', () => {
    const params = new URLSearchParams({ evil: 'x', name: 'a'.repeat(900) })
    const read = readState(params, [1, 'c1', null], defs, defaults)
    expect(Object.keys(read.filters)).toEqual(['name'])
    expect(read.filters.name).toHaveLength(500)
    expect(read.cursors).toEqual(['c1'])
    expect(readState(params, 'no list', defs, defaults).cursors).toEqual([])
  })
  it('takes only the offered page sizes', () => {
    const size = (text: string) =>
      readState(new URLSearchParams({ size: text }), [], defs, defaults).size
    expect([size('50'), size('7'), size('x')]).toEqual([50, 20, 20])
  })
})

describe('the query', () => {
  it('turns filters into parameters', () => {
    const filters = {
      q: '138',
      name: '王',
      level: 'high,mid',
      paid: '2026-01-01..',
      spend: '12.5..100',
      orders: '..3',
    }
    expect(filterParams(filters, defs)).toEqual({
      q: '138',
      name: '王',
      level: 'high,mid',
      paid_from: '2026-01-01',
      spend_min: 1250,
      spend_max: 10000,
      orders_max: 3,
    })
  })
  it('leaves out numbers that are none', () => {
    expect(filterParams({ spend: 'abc..1e3', orders: 'x..y' }, defs)).toEqual({})
  })
  it('asks for the last cursor', () => {
    const state = { filters: {}, sort: '', size: 50, cursors: ['a', 'b'] }
    expect(listQuery(state, defs, { customer_id: 7 })).toEqual({
      customer_id: 7,
      limit: 50,
      cursor: 'b',
    })
  })
})

it.each([
  ['12.5', 1250],
  ['0.05', 5],
  ['19.99', 1999],
  ['-3', -300],
  ['1.005', undefined],
  ['1e3', undefined],
  ['', undefined],
])('%s yuan is %s fen', (text, fen) => expect(yuanToFen(text)).toBe(fen))

it.each([
  ['', 'name', 'asc', 'name'],
  ['name', 'name', 'asc', '-name'],
  ['-name', 'name', 'asc', ''],
  ['', 'spend', 'desc', '-spend'],
  ['-spend', 'spend', 'desc', 'spend'],
  ['spend', 'spend', 'desc', ''],
  ['other', 'name', 'asc', 'name'],
  ['name,-spend', 'name', 'asc', '-name'],
  ['name,-spend', 'spend', 'desc', '-spend'],
] as const)('sort "%s", click on %s (%s) → "%s"', (now, field, first, want) => {
  expect(nextSort(now, field, first)).toBe(want)
})

it('splits and joins ranges', () => {
  expect(splitRange('a..b')).toEqual(['a', 'b'])
  expect(splitRange('..b')).toEqual(['', 'b'])
  expect(splitRange('a')).toEqual(['a', ''])
  expect(joinRange('', '')).toBe('')
  expect(joinRange('1', '')).toBe('1..')
})

it('compares filters by what they say', () => {
  expect(sameFilters({ a: '1', b: '' }, { a: '1' })).toBe(true)
  expect(sameFilters({ a: '1', b: '2' }, { b: '2', a: '1' })).toBe(true)
  expect(sameFilters({ a: '1' }, {})).toBe(false)
})

it.each([
  ['level', 'high,mid,gone', '高价值, 中价值, gone'],
  ['paid', '2026-01-01..2026-01-31', '2026-01-01 – 2026-01-31'],
  ['paid', '2026-01-01..2026-01-01', '2026-01-01'],
  ['spend', '100..', '≥ 100'],
  ['orders', '..3', '≤ 3 笔'],
])('describes %s=%s', (key, value, want) => {
  const def = defs.find((d) => d.key === key)
  expect(def && describeFilter(def, value)).toBe(want)
})

describe('saved choices', () => {
  it('survive a round trip', () => {
    const saved = {
      columns: ['a'],
      density: 'compact' as const,
      size: 50,
      views: [{ key: 'k', label: 'L', filters: { a: '1' } }],
    }
    expect(parseSaved(JSON.stringify(saved))).toEqual(saved)
  })
  it.each([
    null,
    '',
    'no json',
    '[]',
    '7',
    '{"columns":5,"density":"x","size":3,"views":[{"key":1}]}',
  ])('damaged: %s', (text) => expect(parseSaved(text)).toEqual(savedDefault))
})

it('shows chosen columns, and always the first and the required ones', () => {
  const column = (key: string, more = {}) => ({ key, title: key, render: () => null, ...more })
  const all = [
    column('a'),
    column('b', { hidden: true }),
    column('c', { required: true }),
    column('d'),
  ]
  const keys = (chosen: string[] | null) => visibleColumns(all, chosen).map((c) => c.key)
  expect(keys(null)).toEqual(['a', 'c', 'd'])
  expect(keys(['b'])).toEqual(['a', 'b', 'c'])
})

it.each([
  ['attachment; filename="a.csv"', 'a.csv'],
  ["attachment; filename=x.csv; filename*=UTF-8''%E5%AE%A2%E6%88%B7.xlsx", '客户.xlsx'],
  ["attachment; filename*=UTF-8''%E5%A", 'fallback'],
  [null, 'fallback'],
])('file name of %s', (header, want) => expect(fileName(header, 'fallback')).toBe(want))

it.each([
  ['', 'name', 'asc', 'name'],
  ['-spend', 'name', 'asc', '-spend,name'],
  ['-spend,name', 'name', 'asc', '-spend,-name'],
  ['-spend,-name', 'name', 'asc', '-spend'],
  ['-spend,name', 'spend', 'desc', 'spend,name'],
  ['spend,name', 'spend', 'desc', 'name'],
  ['-spend,name', 'day', 'desc', '-spend,-day'],
  ['-spend', 'level', 'asc', 'level,-spend'],
  ['plan,-spend', 'level', 'asc', 'level'],
] as const)('sort "%s", shift-click on %s (%s) → "%s"', (now, field, first, want) => {
  const leads = (f: string) => f === 'level' || f === 'plan'
  expect(nextSecond(now, field, first, leads)).toBe(want)
})
