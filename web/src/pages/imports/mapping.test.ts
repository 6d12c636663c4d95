import { describe, expect, it } from 'vitest'
import type { Preview } from './api'
import {
  assign,
  certainty,
  columnOf,
  columnsOf,
  errorColumn,
  grouped,
  mappingOf,
  needs,
  textsOf,
} from './mapping'

const column = (key: string, meaning: string) => ({
  key,
  title: key,
  meaning,
  confidence: 1,
  example: '',
})

const preview = {
  kind: 'orders',
  mapping: { kind: 'orders', columns: { 旧: 'amount' }, rules: {}, encoding: 'gb18030' },
  columns: [column('单号', 'order.id'), column('状态', 'status'), column('备注', 'ignore')],
  rows: [
    ['1', '交易成功', 'x'],
    ['2', ' 交易成功 ', ''],
    ['3', '', ''],
    ['4', '待成团'],
  ],
} as unknown as Preview

describe('assign', () => {
  const columns = { 单号: 'order.id', 手机: 'buyer.phone' }
  it('gives a column another meaning', () => {
    expect(assign(columns, '备注', 'city')).toEqual({
      columns: { ...columns, 备注: 'city' },
      released: null,
    })
  })
  it('takes a meaning from the column that had it', () => {
    expect(assign(columns, '电话', 'buyer.phone')).toEqual({
      columns: { 单号: 'order.id', 电话: 'buyer.phone' },
      released: '手机',
    })
  })
  it('keeps what stays the same', () => {
    expect(assign(columns, '手机', 'buyer.phone')).toEqual({ columns, released: null })
  })
  it('ignores a column, and any number of them', () => {
    const one = assign(columns, '手机', 'ignore')
    expect(one).toEqual({ columns: { 单号: 'order.id' }, released: null })
    expect(assign(one.columns, '单号', 'ignore').columns).toEqual({})
  })
})

describe('needs', () => {
  const met = (kind: 'orders' | 'customers' | 'behaviours', columns = {}, rules = {}) =>
    needs(kind, columns, rules)
      .filter((n) => n.met)
      .map((n) => n.need)
  it.each([
    ['a whole order file', 'orders', { a: 'buyer.phone', b: 'paid_at', c: 'amount' }, {}, 3],
    ['price and quantity', 'orders', { a: 'unit_price', b: 'quantity' }, {}, 1],
    ['price alone', 'orders', { a: 'unit_price' }, {}, 0],
    ['a name alone', 'customers', { a: 'buyer.name' }, {}, 0],
    ['a name that identifies', 'customers', { a: 'buyer.name' }, { name_identifies: 'yes' }, 1],
    ['nothing', 'behaviours', {}, {}, 0],
    ['an event kind by rule', 'behaviours', { a: 'event.at' }, { default_event: 'view' }, 2],
  ] as const)('%s', (_name, kind, columns, rules, count) => {
    expect(met(kind, columns, rules)).toHaveLength(count)
  })
  it('asks for what the kind needs', () => {
    expect(needs('orders', {}, {}).map((n) => n.need)).toEqual(['buyer', 'date', 'amount'])
    expect(needs('customers', {}, {}).map((n) => n.need)).toEqual(['buyer'])
    expect(needs('behaviours', {}, {}).map((n) => n.need)).toEqual([
      'buyer',
      'event_time',
      'event_kind',
    ])
  })
})

it('makes groups in the order of the server', () => {
  expect(
    grouped(['order.id', 'quantity', 'buyer.id', 'province', 'product.code', 'brand', 'channel']),
  ).toEqual([
    { group: 'order', meanings: ['order.id', 'quantity', 'channel'] },
    { group: 'buyer', meanings: ['buyer.id', 'province'] },
    { group: 'product', meanings: ['product.code', 'brand'] },
  ])
  expect(
    grouped(['amount', 'registered_at', 'education', 'preferred_channel', 'favourite_categories']),
  ).toEqual([
    { group: 'order', meanings: ['amount'] },
    {
      group: 'buyer',
      meanings: ['registered_at', 'education', 'preferred_channel', 'favourite_categories'],
    },
  ])
  expect(grouped(['event.at', 'rating', 'quantity']).map((g) => g.group)).toEqual([
    'event',
    'order',
  ])
})

it('reads a preview and writes a mapping', () => {
  const columns = columnsOf(preview)
  expect(columns).toEqual({ 单号: 'order.id', 状态: 'status' })
  expect(mappingOf(preview, columns, { amount_is: 'order' })).toEqual({
    kind: 'orders',
    encoding: 'gb18030',
    columns,
    rules: { amount_is: 'order' },
  })
  expect(columnOf(columns, 'status')).toBe('状态')
  expect(textsOf(preview, '状态')).toEqual(['交易成功', '待成团'])
  expect(textsOf(preview, '状态', 1)).toEqual(['交易成功'])
  expect(textsOf(preview, undefined)).toEqual([])
})

it.each([
  [1, 'sure'],
  [0.85, 'sure'],
  [0.7, 'likely'],
  [0.4, 'unsure'],
])('%f is %s', (confidence, word) => {
  expect(certainty(confidence)).toBe(word)
})

it.each([
  ['columns.买家.昵称', '买家.昵称'],
  ['body.mapping.columns.a', 'a'],
  ['columns', null],
  ['rules.amount_is', null],
])('%s is about %s', (path, key) => {
  expect(errorColumn(path)).toBe(key)
})
