import { describe, expect, it } from 'vitest'
import type { Board, ListRow } from './api'
import { columnOf, extended, moved } from './move'
import { sentence, type Words } from './sentence'
import {
  complete,
  condition,
  conditions,
  depthOf,
  type FilterNode,
  fromFlat,
  fromNode,
  group,
  isAdvanced,
  isGroup,
  leaves,
  locate,
  parseFilter,
  replaced,
  sameFilter,
  toNode,
} from './tree'
import { readShown, type Shown, sameShown, usual, writeShown } from './useList'

const filter: FilterNode = {
  all: [
    { field: 'stage', op: 'in', value: ['customer'] },
    { not: { any: [{ field: 'tags', op: 'any', value: [3, 4] }] } },
    {
      any: [
        { field: 'net_365', op: 'gte', value: 100000 },
        { field: 'f.contract_end', op: 'next_days', value: 30 },
        { field: 'owner', op: 'empty' },
      ],
    },
  ],
}

const words: Words = {
  field: (code) => `<${code}>`,
  type: () => '',
  op: (op) => op,
  value: (_code, value) => String(value),
  and: ' AND ',
  or: ' OR ',
  not: (inner) => `NOT[${inner}]`,
  paren: (inner) => `(${inner})`,
  comma: '|',
  missing: '…',
  days: (op, n) => (op.endsWith('_days') ? `${op}(${n})` : null),
  condition: (field, op, value) => [field, op, value].filter(Boolean).join(' '),
  advanced: (node) => `{${Object.keys(node)[0]}}`,
}

describe('the filter of the API and the tree of the form', () => {
  it.each<[string, FilterNode]>([
    ['a nested filter', filter],
    ['one under any', { any: [{ field: 'kind', op: 'in', value: ['person'] }] }],
    ['not of all', { not: { all: [{ field: 'city', op: 'eq', value: '杭州市' }] } }],
  ])('keeps %s as it is', (_, node) => {
    expect(toNode(fromNode(node))).toEqual(node)
  })

  const bought: FilterNode = {
    facts: { stream: 'lines', agg: 'count', window: { last: 180 } },
    op: 'gte',
    value: 2,
  }
  const foreign: [string, FilterNode][] = [
    ['facts', bought],
    [
      'a sequence',
      // biome-ignore lint/suspicious/noThenProperty: the API names it so
      { sequence: { first: { stream: 'carts' }, then: { stream: 'orders' }, within: 7 } },
    ],
    ['a place among others', { relative: { field: 'net_365' }, op: 'top_percent', value: 20 }],
    ['a sample', { sample: { percent: 10, seed: 'a' } }],
    ['a level that changed', { field: 'level', op: 'changed', value: { to: ['high'], days: 30 } }],
    ['a share that fell', { field: 'f.share', op: 'fell', value: { by: 10, days: 180 } }],
    ['a level of a past day', { field: 'level', op: 'in', value: ['high'], at: '2026-01-31' }],
    ['a change', { field: 'level', op: 'changed', value: { to: ['high'], last: 30 } }],
  ]
  it.each(foreign)('keeps what its rows have no inputs for: %s', (_, node) => {
    const whole: FilterNode = { all: [node, { any: [node, { field: 'owner', op: 'empty' }] }] }
    expect(parseFilter(JSON.stringify(whole))).toEqual(whole)
    const tree = fromNode(whole)
    expect(toNode(tree)).toEqual(whole)
    expect(tree.items[0] && isAdvanced(tree.items[0])).toBe(true)
    expect(conditions(tree).map((c) => c.field)).toEqual(['owner'])
    expect(leaves(tree)).toHaveLength(3)
    // A fault inside of it is a fault of it.
    expect(locate(tree, 'filter.all[0].facts.where[1].value')).toBe(tree.items[0])
    expect(sentence(tree, words)).toContain(`{${Object.keys(node)[0]}}`)
  })

  it('takes no condition of two forms, or of none', () => {
    for (const node of [
      { ...bought, sample: { percent: 1 } },
      { op: 'gte', value: 1 },
      { facts: 1 },
    ]) {
      expect(parseFilter(JSON.stringify(node))).toBeNull()
    }
  })

  it('puts what has no group of its own into one', () => {
    const one = { field: 'city', op: 'eq', value: '杭州市' }
    expect(toNode(fromNode(one))).toEqual({ all: [one] })
    expect(toNode(fromNode({ not: one }))).toEqual({ not: { all: [one] } })
    const twice = { not: { not: { all: [one] } } }
    expect(toNode(fromNode(twice))).toEqual({ not: { all: [{ not: { all: [one] } }] } })
  })

  it('is none without conditions', () => {
    expect(toNode(group('all', []))).toBeNull()
    expect(fromNode(null).items).toEqual([])
  })

  it('drops the value of an operator that takes none', () => {
    expect(toNode(group('all', [condition('owner', 'empty', [1])]))).toEqual({
      all: [{ field: 'owner', op: 'empty' }],
    })
  })

  it.each<[boolean, ...Parameters<typeof condition>]>([
    [false, '', ''],
    [false, 'name', 'contains', ''],
    [true, 'name', 'contains', '王'],
    [true, 'name', 'empty', undefined],
    [false, 'net_365', 'between', [100, undefined]],
    [true, 'net_365', 'between', [0, 100]],
    [true, 'orders_365', 'eq', 0],
    [false, 'tags', 'any', []],
    [true, 'has_phone', 'is', false],
  ])('is complete: %s for %s %s %j', (yes, ...parts) => {
    expect(complete(condition(...parts))).toBe(yes)
  })

  it('counts depth as the server does: not is a level', () => {
    const flat = group('all', [condition('a', 'eq', 1)])
    expect(depthOf(flat)).toBe(2)
    expect(depthOf({ ...flat, not: true })).toBe(3)
    expect(depthOf(group('any', [flat, { ...flat, not: true }]))).toBe(4)
  })

  it('finds the row that an error of the server names', () => {
    const root = fromNode(filter)
    expect(locate(root, 'filter.all[2].any[1].value')).toMatchObject({ field: 'f.contract_end' })
    expect(locate(root, 'body.filter.all[1].not.any[0].op')).toMatchObject({ field: 'tags' })
    expect(locate(root, 'filter')).toBe(root)
    expect(locate(root, 'filter.all[9].value')).toBe(root)
  })

  it('changes and removes one item', () => {
    const root = fromNode(filter)
    const [, , any] = root.items
    if (!any || !isGroup(any) || !any.items[0]) throw new Error('no group')
    const without = replaced(root, any.items[0].id, () => null)
    expect(conditions(without).map((c) => c.field)).toEqual([
      'stage',
      'tags',
      'f.contract_end',
      'owner',
    ])
    expect(conditions(root)).toHaveLength(5)
    expect(toNode(replaced(root, root.id, () => null))).toBeNull()
  })

  it.each(['', '{', '[]', '{"all":[]}', '{"all":[1]}', '{"field":"a"}', 'null', '{"not":3}'])(
    'takes %j of an address for none',
    (text) => expect(parseFilter(text)).toBeNull(),
  )

  it('reads a filter of an address', () => {
    expect(parseFilter(JSON.stringify(filter))).toEqual(filter)
    const deep = `${'{"not":'.repeat(50)}{"field":"a","op":"empty"}${'}'.repeat(50)}`
    expect(parseFilter(deep)).toBeNull()
  })

  it('reads the plain filters that other pages link with', () => {
    const of = (text: string) => fromFlat(new URLSearchParams(text))
    expect(of('q=a&size=50')).toBeNull()
    expect(of('level=high,mid&net_365=100..2000.5&last_day=..2026-01-31&owner=-1')).toEqual({
      all: [
        { field: 'level', op: 'in', value: ['high', 'mid'] },
        { field: 'owner', op: 'empty' },
        { field: 'last_day', op: 'lte', value: '2026-01-31' },
        { field: 'net_365', op: 'gte', value: 10000 },
        { field: 'net_365', op: 'lte', value: 200050 },
      ],
    })
    expect(of('net_365=x..&last_day=2026..&orders_365=1.5..')).toBeNull()
    expect(of('orders_365=0..')).toEqual({ all: [{ field: 'orders_365', op: 'gte', value: 0 }] })
  })

  it('knows when two filters say the same', () => {
    expect(
      sameFilter({ all: [{ op: 'empty', field: 'owner' }] }, { field: 'owner', op: 'empty' }),
    ).toBe(true)
    expect(sameFilter(filter, null)).toBe(false)
    expect(sameFilter(null, null)).toBe(true)
  })
})

describe('the sentence', () => {
  it('puts groups in brackets and says what not is of', () => {
    expect(sentence(fromNode(filter), words)).toBe(
      '<stage> in customer AND NOT[<tags> any 3|4] AND (<net_365> gte 100000 OR <f.contract_end> next_days(30) OR <owner> empty)',
    )
  })

  it('says pairs, and marks what is missing', () => {
    const root = group('any', [
      condition('net_365', 'between', [1, undefined]),
      condition('tags', 'all', []),
      condition('name', 'eq'),
    ])
    expect(sentence(root, words)).toBe('<net_365> between 1 – … OR <tags> all … OR <name> eq …')
    expect(sentence(group('all', []), words)).toBe('')
  })
})

describe('what a list shows', () => {
  it('stands in the address only where it differs from the view', () => {
    const view: Shown = { ...usual, filter, sort: '-created' }
    expect(writeShown(new URLSearchParams('view=3'), view, view).toString()).toBe('view=3')
    const next: Shown = { ...view, filter: null, layout: 'board', columns: ['name', 'tags'] }
    const params = writeShown(new URLSearchParams('view=3&q=a'), next, view)
    expect(params.get('f')).toBe('')
    expect(params.get('sort')).toBeNull()
    expect(readShown(params, view)).toEqual(next)
    expect(sameShown(next, view)).toBe(false)
    expect(writeShown(params, view, view).toString()).toBe('view=3&q=a')
  })

  it('does not count the field of a board for a table', () => {
    expect(sameShown({ ...usual, groupBy: 'level' }, usual)).toBe(true)
    const board: Shown = { ...usual, layout: 'board' }
    expect(sameShown({ ...board, groupBy: 'level' }, board)).toBe(false)
  })
})

describe('the board', () => {
  const card = (id: number) => ({ id }) as ListRow
  const lane = (key: string, ids: number[], total: number | null) => ({
    key,
    label: key,
    tone: 0,
    items: ids.map(card),
    next_cursor: 'c',
    total,
    total_capped: false,
  })
  const board: Board = {
    group_by: 'stage',
    more: false,
    columns: [lane('a', [1, 2], 2), lane('b', [3], null)],
  }
  const ids = (b: Board) => b.columns.map((c) => c.items.map((x) => x.id))

  it('moves a card, counts, and moves it back', () => {
    const after = moved(board, 2, 'b')
    expect(ids(after)).toEqual([[1], [2, 3]])
    expect(after.columns.map((c) => c.total)).toEqual([1, null])
    expect(columnOf(after, 2)).toBe('b')
    expect(ids(moved(after, 2, 'a'))).toEqual([[2, 1], [3]])
    expect(moved(board, 9, 'b')).toBe(board)
    expect(moved(board, 1, 'x')).toBe(board)
  })

  it('puts a further page behind, nobody twice', () => {
    const after = extended(board, 'b', { items: [card(2), card(4)], next_cursor: null })
    expect(ids(after)).toEqual([
      [1, 2],
      [3, 4],
    ])
    expect(after.columns[1]?.next_cursor).toBeNull()
  })
})
