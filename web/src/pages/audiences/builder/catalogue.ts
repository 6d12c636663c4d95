// What the server says can be asked for, and how the builder offers it.
import type { components } from '@/api/schema.gen'
import type { FieldInfo } from '../../customers/list/api'
import type { Facts } from './node'

type Schemas = components['schemas']

export type Choice = Schemas['AudienceChoice']
export type Measure = Schemas['AudienceMeasureInfo']
export type Dimension = Schemas['AudienceDimensionInfo']
export type Stream = Schemas['AudienceStreamInfo']
export type Aggregate = Schemas['AudienceAggregateInfo']
export type Catalogue = Schemas['AudienceCatalogue']

/** The catalogue with its lists by code. */
export interface Known extends Catalogue {
  field: Map<string, FieldInfo>
  stream: Map<string, Stream>
  aggregate: Map<string, Aggregate>
}

export function known(c: Catalogue): Known {
  const by = <X extends { code: string }>(list: X[]) => new Map(list.map((x) => [x.code, x]))
  return { ...c, field: by(c.fields), stream: by(c.streams), aggregate: by(c.aggregates) }
}

export const measureOf = (s: Stream | undefined, code: string | undefined) =>
  s?.measures.find((m) => m.code === code)
export const dimensionOf = (s: Stream | undefined, code: string | undefined) =>
  s?.dimensions.find((d) => d.code === code)

/** What an aggregate of facts is compared with. */
export type Result =
  | { kind: 'money' | 'number' | 'milli' | 'days' | 'day' }
  | { kind: 'word'; dimension: Dimension }

/** The kind of value that facts give, by their aggregate; null while that is not known. */
export function resultOf(k: Known, f: Facts): Result | null {
  const agg = k.aggregate.get(f.agg ?? '')
  const stream = k.stream.get(f.stream)
  if (!agg || !stream) return null
  switch (agg.result) {
    case 'measure': {
      const m = measureOf(stream, f.of)
      return m ? { kind: m.type } : null
    }
    case 'day_or_dimension': {
      if (!f.of) return { kind: 'day' }
      const dimension = dimensionOf(stream, f.of)
      return dimension ? { kind: 'word', dimension } : null
    }
    default:
      return { kind: agg.result }
  }
}

/** The operators for what facts give. */
export function operatorsOf(k: Known, f: Facts): string[] {
  const agg = k.aggregate.get(f.agg ?? '')
  if (!agg) return []
  return resultOf(k, f)?.kind === 'word' ? agg.word_operators : agg.operators
}

/** One choice of the "what to count" list: an aggregate, and of what. */
export interface Figure {
  key: string
  agg: string
  of?: string
  aggregate: Aggregate
  /** Name of the measure or dimension; "" where there is none. */
  label: string
}

/** Everything that can be made of the facts of a stream. */
export function figuresOf(k: Known, s: Stream): Figure[] {
  return k.aggregates.flatMap((aggregate) => {
    const agg = aggregate.code
    const none: Figure = { key: agg, agg, aggregate, label: '' }
    const each = (list: Choice[]): Figure[] =>
      list.map((x) => ({ key: `${agg}:${x.code}`, agg, of: x.code, aggregate, label: x.label }))
    switch (aggregate.of) {
      case 'none':
        return [none]
      case 'measure':
        return each(s.measures)
      case 'dimension':
        return each(s.dimensions)
      default:
        return [none, ...each(s.dimensions)]
    }
  })
}

export const figureKey = (f: Facts) => (f.of ? `${f.agg}:${f.of}` : (f.agg ?? ''))

/** Whether two kinds of results take the same values. */
export const sameResult = (a: Result | null, b: Result | null) =>
  a !== null &&
  b !== null &&
  a.kind === b.kind &&
  (a.kind !== 'word' || b.kind !== 'word' || a.dimension.code === b.dimension.code)
