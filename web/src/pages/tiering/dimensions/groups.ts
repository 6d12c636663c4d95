import type { Dimension, Scheme } from '../api'

/** Code of the dimension of a scheme. */
export const dimensionOf = (s: Pick<Scheme, 'dimension'>) => s.dimension || 'value'

export interface Group<V> {
  dimension: Dimension
  /** The one in use first. */
  items: V[]
}

/** Schemes by dimension; one that is out of use is left out where it has none. */
export function grouped<V extends { scheme: Scheme; default: boolean }>(
  dimensions: Dimension[],
  views: V[],
): Group<V>[] {
  return dimensions
    .map((dimension) => ({
      dimension,
      items: views
        .filter((v) => dimensionOf(v.scheme) === dimension.code)
        .sort((a, b) => Number(b.default) - Number(a.default)),
    }))
    .filter((g) => !g.dimension.archived || g.items.length > 0)
}

/** Positions to change so that the dimensions stand in this order, from 1. */
export function newPositions(order: Pick<Dimension, 'code' | 'position'>[]) {
  return order.flatMap((d, i) => (d.position === i + 1 ? [] : [{ code: d.code, position: i + 1 }]))
}
