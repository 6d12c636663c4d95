// Conditions that are ready to be filled in: the entries of the menu, and frequent questions.
import type { Known, Stream } from './catalogue'
import { type Facts, type RuleNode, sequenceOf } from './node'
import { comparable } from './RelativeForm'
import { newSeed } from './SampleForm'

/** What a condition is about, in the order of the menu. */
export const themes = [
  'record',
  'orders',
  'behaviour',
  'level',
  'tags',
  'audiences',
  'compare',
  'sample',
  'custom',
  'relations',
  'quality',
] as const
export type Theme = (typeof themes)[number]

export interface Entry {
  key: string
  theme: Theme
  label: string
  /** Further words that it is found by. */
  words?: string
  /** A whole question, such as "60 天没有下单". */
  snippet?: boolean
  make: () => RuleNode
}

type Say = (key: string, params?: Record<string, unknown>) => string

const themeOfGroup: Record<string, Theme> = {
  record: 'record',
  figures: 'orders',
  level: 'level',
  tags: 'tags',
  custom: 'custom',
  quality: 'quality',
  relations: 'relations',
  audiences: 'audiences',
}

/** The theme of a stream of facts. */
export function themeOf(stream: string): Theme {
  if (stream === 'orders' || stream === 'lines') return 'orders'
  if (stream.includes('level')) return 'level'
  return stream.includes('stage') ? 'record' : 'behaviour'
}

const count = (facts: Facts, op = 'gte', value = 1): RuleNode => ({
  facts: { ...facts, agg: 'count' },
  op,
  value,
})

/** Fields that are asked for most, as far as there are such. */
export const frequentFields = [
  'level',
  'tags',
  'stage',
  'region',
  'owner',
  'net_365',
  'last_day',
  'created',
  'audience',
]

const has = (s: Stream | undefined, part: 'measures' | 'dimensions', code: string) =>
  s?.[part].some((x) => x.code === code)

/** Frequent questions, those that the catalogue has everything for. */
export function snippets(k: Known, t: Say): Entry[] {
  const list: Entry[] = []
  const add = (key: string, theme: Theme, node: RuleNode) =>
    list.push({
      key: `snippet:${key}`,
      theme,
      label: t(`ui_audience_builder.snippet.${key}`),
      snippet: true,
      make: () => node,
    })
  const orders = k.stream.get('orders')
  const lines = k.stream.get('lines')
  const behaviours = k.stream.get('behaviours')
  if (has(orders, 'measures', 'net')) {
    add('spent', 'orders', {
      facts: { stream: 'orders', agg: 'sum', of: 'net', window: { last: 90 } },
      op: 'gte',
      value: 100000,
    })
  }
  if (has(lines, 'dimensions', 'category')) {
    add(
      'bought',
      'orders',
      count({
        stream: 'lines',
        where: [{ field: 'category', op: 'in', value: [] }],
        window: { last: 365 },
      }),
    )
  }
  if (orders) add('quiet', 'orders', count({ stream: 'orders', window: { last: 60 } }, 'eq', 0))
  const kinds = behaviours?.dimensions.find((d) => d.code === 'kind')?.options ?? []
  const cart = kinds.find((o) => o.code.includes('cart'))
  if (cart && orders) {
    add('cart', 'behaviour', {
      sequence: sequenceOf(
        {
          stream: 'behaviours',
          where: [{ field: 'kind', op: 'in', value: [cart.code] }],
          window: { last: 30 },
        },
        { stream: 'orders' },
        7,
        true,
      ),
    })
  }
  if (k.field.get('birthday')?.operators.includes('within_days')) {
    add('birthday', 'record', { field: 'birthday', op: 'within_days', value: 7 })
  }
  return list
}
// i18n-keys: ui_audience_builder.snippet.*

/** Everything that can be added. */
export function entries(k: Known, t: Say): Entry[] {
  const fields: Entry[] = k.fields
    .filter((f) => f.operators.length > 0)
    .map((f) => ({
      key: f.code,
      theme: themeOfGroup[f.group] ?? 'record',
      label: f.label,
      words: f.code,
      make: () => {
        const op = f.operators[0] ?? ''
        return f.type === 'birthday' && f.operators.includes('within_days')
          ? { field: f.code, op: 'within_days', value: 7 }
          : { field: f.code, op: f.type === 'money' ? 'gte' : op }
      },
    }))
  const facts: Entry[] = k.streams.flatMap((s) => {
    const theme = themeOf(s.code)
    const whole: Entry = {
      key: `facts:${s.code}`,
      theme,
      label: t('ui_audience_builder.add.facts', { stream: s.label }),
      words: s.code,
      make: () => count({ stream: s.code, window: { last: 90 } }),
    }
    const kinds = s.code === 'behaviours' ? s.dimensions.find((d) => d.code === 'kind') : undefined
    const each = (kinds?.options ?? []).map(
      (o): Entry => ({
        key: `facts:${s.code}:${o.code}`,
        theme,
        label: o.label,
        words: o.code,
        make: () =>
          count({
            stream: s.code,
            where: [{ field: 'kind', op: 'in', value: [o.code] }],
            window: { last: 90 },
          }),
      }),
    )
    return [whole, ...each]
  })
  const [first] = k.streams
  const more: Entry[] = []
  if (first) {
    const from = k.stream.get('behaviours') ?? first
    const then = k.stream.get('orders') ?? first
    const sequence = (without: boolean): RuleNode => ({
      sequence: sequenceOf(
        { stream: from.code, window: { last: 30 } },
        { stream: then.code },
        7,
        without,
      ),
    })
    more.push(
      {
        key: 'sequence',
        theme: 'behaviour',
        label: t('ui_audience_builder.add.sequence'),
        make: () => sequence(false),
      },
      {
        key: 'sequence:without',
        theme: 'behaviour',
        label: t('ui_audience_builder.add.sequence_without'),
        make: () => sequence(true),
      },
    )
    const orders = k.stream.get('orders')
    const spend = has(orders, 'measures', 'net')
      ? { stream: 'orders', agg: 'sum', of: 'net', window: { last: 365 } }
      : { stream: first.code, agg: 'count', window: { last: 365 } }
    const relative = (op: string, value: number): RuleNode => ({
      relative: { facts: spend },
      op,
      value,
    })
    more.push(
      {
        key: 'relative:top',
        theme: 'compare',
        label: t('ui_audience_builder.add.top'),
        make: () => relative('top_percent', 20),
      },
      {
        key: 'relative:average',
        theme: 'compare',
        label: t('ui_audience_builder.add.average'),
        make: () => relative('gte', 1.5),
      },
    )
  }
  const number = comparable(k)[0]
  if (number) {
    more.push({
      key: 'relative:field',
      theme: 'compare',
      label: t('ui_audience_builder.add.rank'),
      make: () => ({ relative: { field: number.code }, op: 'top', value: 100 }),
    })
  }
  more.push({
    key: 'sample',
    theme: 'sample',
    label: t('ui_audience_builder.add.sample'),
    make: () => ({ sample: { percent: 5, seed: newSeed() } }),
  })
  // What was done comes before figures that are there already.
  return [...facts, ...fields, ...more]
}

/** The entries that a text finds; several words narrow. */
export function found(list: Entry[], text: string): Entry[] {
  const words = text.trim().toLowerCase().split(/\s+/).filter(Boolean)
  if (words.length === 0) return list
  return list.filter((e) => {
    const all = `${e.label} ${e.words ?? ''}`.toLowerCase()
    return words.every((w) => all.includes(w))
  })
}
