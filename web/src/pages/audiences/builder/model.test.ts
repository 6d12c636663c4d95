import { describe, expect, it } from 'vitest'
import {
  complete,
  condition,
  conditions,
  copied,
  depthOf,
  fromNode,
  type Group,
  group,
  isGroup,
  itemAt,
  joinOf,
  joinParts,
  locate,
  pathOf,
  replaced,
  reversed,
  sameRule,
  toNode,
} from './model'
import { type RuleNode, sequenceOf, type Window } from './node'

const lines = {
  stream: 'lines',
  where: [
    { field: 'category', op: 'in', value: ['咖啡', '茶'] },
    { field: 'amount', op: 'between', value: [1000, 250000] },
  ],
  window: { last: 180 },
  agg: 'count',
}

const { agg: _, ...bought } = lines

/** Every kind of condition that the server knows. */
const leaves: RuleNode[] = [
  { field: 'city', op: 'eq', value: '杭州市' },
  { field: 'owner', op: 'empty' },
  { field: 'owner', op: 'in', value: ['me', 7] },
  { field: 'net_90', op: 'gte', value: 100000 },
  { field: 'net_90', op: 'gte', value: 0 },
  { field: 'f.score', op: 'between', value: [1.5, 3] },
  { field: 'has_phone', op: 'is', value: false },
  { field: 'f.contract_end', op: 'next_days', value: 30 },
  { field: 'birthday', op: 'within_days', value: 7 },
  { field: 'birthday', op: 'month', value: [2, 11] },
  { field: 'tags', op: 'all', value: [3, 4] },
  { field: 'region', op: 'within', value: ['330100', '31'] },
  { field: 'audience', op: 'none', value: [12] },
  { field: 'level', at: '2026-01-31', op: 'in', value: ['high'] },
  { facts: lines, op: 'gte', value: 2 },
  { facts: { stream: 'orders', agg: 'count' }, op: 'eq', value: 0 },
  {
    facts: { stream: 'orders', agg: 'sum', of: 'net', window: { unit: 'quarter', years: 1 } },
    op: 'gte',
    value: 100000,
  },
  {
    facts: { stream: 'orders', agg: 'last', of: 'channel', window: { from: '2026-01-01' } },
    op: 'in',
    value: ['天猫'],
  },
  { facts: { stream: 'orders', agg: 'first' }, op: 'last_days', value: 30 },
  { sequence: sequenceOf({ stream: 'behaviours' }, { stream: 'orders' }, 7) },
  {
    sequence: sequenceOf(
      bought,
      { stream: 'orders', where: [{ field: 'net', op: 'gt', value: 5 }] },
      0,
      true,
    ),
  },
  { relative: { field: 'net_365' }, op: 'top_percent', value: 20 },
  {
    relative: { facts: { stream: 'orders', agg: 'sum', of: 'net' }, audience: 3 },
    op: 'gte',
    value: 1.5,
  },
  { sample: { percent: 5, seed: 'a1' } },
  { sample: { percent: 0.25 } },
]

// A small generator of its own, so that a failure can be repeated from its number.
function random(seed: number) {
  let x = seed * 2654435761 + 1
  return (n: number) => {
    x = (x * 48271) % 2147483647
    return x % n
  }
}

function tree(draw: (n: number) => number, depth: number): RuleNode {
  const kind = depth === 0 ? 0 : draw(5)
  const list = () => Array.from({ length: 1 + draw(3) }, () => tree(draw, depth - 1))
  if (kind === 1) return { all: list() }
  if (kind === 2) return { any: list() }
  if (kind === 3) return { not: tree(draw, depth - 1) }
  return leaves[draw(leaves.length)] as RuleNode
}

const plain = (x: unknown) => JSON.parse(JSON.stringify(x))

/** The places of a rule as the server walks it. */
function places(node: RuleNode, path: string, out: string[] = []): string[] {
  out.push(path)
  if (node.not) places(node.not, `${path}.not`, out)
  for (const [i, n] of (node.all ?? []).entries()) places(n, `${path}.all[${i}]`, out)
  for (const [i, n] of (node.any ?? []).entries()) places(n, `${path}.any[${i}]`, out)
  return out
}

const deep = (n: RuleNode): number =>
  1 + Math.max(0, ...[...(n.all ?? []), ...(n.any ?? []), ...(n.not ? [n.not] : [])].map(deep))

describe('a rule and the tree of the builder', () => {
  it.each(leaves.map((leaf) => [JSON.stringify(leaf), leaf] as const))('keeps %s', (_, leaf) => {
    const got = toNode(fromNode(leaf))
    expect(got.node).toEqual(plain(leaf))
    const [c] = conditions(fromNode(leaf))
    expect(c && complete(c)).toBe(true)
  })

  it('keeps any tree, knows all its places and its depth', () => {
    for (let seed = 1; seed <= 3000; seed++) {
      const node = tree(random(seed), 1 + (seed % 6))
      const root = fromNode(node)
      const got = toNode(root)
      expect(got.node, `seed ${seed}`).toEqual(plain(node))
      expect([...got.places.keys()].sort(), `seed ${seed}`).toEqual(places(node, 'rule').sort())
      const ids = [...got.places.values()]
      expect(ids.every((id) => pathOf(root, id) !== null)).toBe(true)
      if (!isLone(root)) expect(depthOf(root), `seed ${seed}`).toBe(deep(node))
    }
  })
  const isLone = (g: Group) => Boolean(g.bare) && g.rules.length === 1 && !g.not

  it('says nothing for groups that have no conditions', () => {
    expect(toNode(group('all', [])).node).toBeNull()
    expect(toNode(group('any', [group('none', [])])).node).toBeNull()
    expect(fromNode({}).rules).toEqual([])
    expect(fromNode(null).rules).toEqual([])
  })

  it('stops standing for its only child when there are more', () => {
    const city = { field: 'city', op: 'eq', value: '杭州市' }
    const root = fromNode(city)
    const more = { ...root, rules: [...root.rules, condition({ field: 'owner', op: 'empty' })] }
    expect(toNode(more).node).toEqual({ all: [city, { field: 'owner', op: 'empty' }] })
    const not = fromNode({ not: city })
    expect(joinOf(not)).toBe('none')
    expect(toNode({ ...not, rules: [...not.rules, ...copies(not)] }).node).toEqual({
      not: { any: [city, city] },
    })
  })
  const copies = (g: Group) => g.rules.map(copied)

  it('leaves out what is not complete and counts places without it', () => {
    const root = fromNode({
      all: [
        { field: 'city', op: 'eq' },
        { field: 'owner', op: 'empty' },
      ],
    })
    const got = toNode(root, { ready: complete })
    expect(got.node).toEqual({ all: [{ field: 'owner', op: 'empty' }] })
    expect(got.open).toEqual([root.rules[0]?.id])
    expect(got.places.get('rule.all[0]')).toBe(root.rules[1]?.id)
  })

  it('finds the condition that a place of the server means', () => {
    const root = fromNode({
      all: [
        { field: 'owner', op: 'empty' },
        { not: { any: [{ facts: lines, op: 'gte', value: 2 }] } },
      ],
    })
    const { places } = toNode(root)
    const fact = itemAt(root, [1, 0])
    expect(locate(places, 'body.rule.all[1].not.any[0].facts.where[0].value')).toEqual({
      id: fact?.id,
      rest: 'facts.where[0].value',
    })
    expect(locate(places, 'rule')).toEqual({ id: root.id, rest: '' })
    expect(locate(places, 'as_of')).toEqual({ id: '', rest: 'as_of' })
  })

  it.each(['all', 'any', 'none', 'some_not'] as const)(
    'reads and writes the relation %s',
    (join) => {
      expect(joinOf(joinParts(join))).toBe(join)
    },
  )

  it('changes, takes out and copies without touching the rest', () => {
    const root = fromNode({ all: [{ any: leaves.slice(0, 2) }, leaves[2] as RuleNode] })
    const inner = root.rules[0] as Group
    const id = inner.rules[0]?.id as string
    const next = replaced(root, id, () => null)
    expect(toNode(next).node).toEqual({ all: [{ any: [leaves[1]] }, leaves[2]] })
    expect(next.rules[1]).toBe(root.rules[1])
    const copy = copied(inner)
    expect(isGroup(copy) && copy.rules.some((r) => inner.rules.some((x) => x.id === r.id))).toBe(
      false,
    )
    expect(toNode(group('all', [copy])).node).toEqual({ all: [{ any: leaves.slice(0, 2) }] })
  })

  it.each<[boolean, RuleNode]>([
    [false, { field: '', op: 'eq', value: 1 }],
    [false, { field: 'city', op: 'in', value: [] }],
    [false, { field: 'net_90', op: 'between', value: [1, null] }],
    [true, { field: 'net_90', op: 'between', value: [0, 0] }],
    [false, { field: 'level', at: '', op: 'in', value: ['high'] }],
    [false, { field: 'level', op: 'changed', value: { from: ['high'] } }],
    [true, { field: 'level', op: 'changed', value: { to: ['high'], days: 30 } }],
    [false, { field: 'f.share', op: 'fell', value: { days: 180 } }],
    [false, { field: 'f.share', op: 'rose', value: { by: 10 } }],
    [true, { field: 'f.share', op: 'fell', value: { by: 10, days: 180 } }],
    [true, { field: 'created', op: 'anniversary_days', value: 0 }],
    [false, { facts: { stream: 'orders', agg: 'sum' }, op: 'gte', value: 1 }],
    [false, { facts: { stream: 'orders', agg: 'count' }, op: 'gte' }],
    [
      false,
      {
        facts: { stream: 'orders', agg: 'count', window: { from: '' } as Window },
        op: 'gte',
        value: 1,
      },
    ],
    [
      false,
      {
        facts: { ...lines, where: [{ field: 'category', op: 'in', value: [] }] },
        op: 'gte',
        value: 1,
      },
    ],
    [false, { sequence: sequenceOf({ stream: '' }, { stream: 'orders' }, 7) }],
    [false, { relative: { facts: { stream: 'orders' } }, op: 'top', value: 3 }],
    [false, { sample: { percent: 0 } }],
  ])('is complete: %s for %j', (want, node) => {
    expect(complete(condition(node))).toBe(want)
  })

  it('compares rules whatever the order of keys', () => {
    expect(sameRule({ op: 'eq', field: 'a', value: 1 }, { field: 'a', op: 'eq', value: 1 })).toBe(
      true,
    )
    expect(sameRule({ field: 'a', op: 'eq', value: 1 }, { field: 'a', op: 'eq', value: 2 })).toBe(
      false,
    )
    expect(sameRule(null, null)).toBe(true)
  })
})

describe('two values', () => {
  it.each<[boolean, string, unknown]>([
    [true, 'between', [60, 18]],
    [true, 'between', ['2026-10-01', '2026-09-01']],
    [false, 'between', [18, 60]],
    [false, 'between', [18, 18]],
    [false, 'between', [60, null]],
    [false, 'in', [60, 18]],
  ])('stand the wrong way round: %s for %s %j', (want, op, value) => {
    expect(reversed(op, value)).toBe(want)
  })
})
