// From a bar of a profile to the customers behind it.
import type { FilterNode } from '../../customers/list/tree'
import type { Bucket } from '../api'

type Named = Pick<Bucket, 'key'> & Partial<Pick<Bucket, 'from' | 'to'>>

/** What a bucket of a profile means as a condition; null where lists cannot ask for it. */
export function drill(
  part: string,
  { key, from, to }: Named,
  buckets: { key: string }[],
): FilterNode | null {
  const others = buckets.map((b) => b.key).filter((k) => k !== 'other' && k !== 'none')
  const words = (field: string): FilterNode => {
    if (key === 'none') return { field, op: 'empty' }
    if (key === 'other')
      return {
        all: [
          { field, op: 'not_empty' },
          { field, op: 'not_in', value: others },
        ],
      }
    return { field, op: 'in', value: [key] }
  }
  switch (part) {
    case 'level':
    case 'gender':
    case 'kind':
      return words(part)
    case 'region':
      return words('province')
    case 'category':
      return words('favourite_category')
    case 'channel':
      return key === 'phone' || key === 'email'
        ? { field: `has_${key}`, op: 'is', value: true }
        : null
    case 'spend':
      return stretch('net_365', from, to)
    case 'age':
      return key === 'none' ? words('age') : stretch('age', from, to)
    default:
      return null
  }
}

/** A stretch of numbers, both ends included; an end that is null is open. */
function stretch(field: string, from?: number | null, to?: number | null): FilterNode | null {
  const [low, high] = [from ?? null, to ?? null]
  if (low !== null && high !== null) return { field, op: 'between', value: [low, high] }
  if (low !== null) return { field, op: 'gte', value: low }
  return high === null ? null : { field, op: 'lte', value: high }
}

/** The customer list with the members of an audience, narrowed further. */
export function listOf(audience: number, more?: FilterNode | null): string {
  const member: FilterNode = { field: 'audience', op: 'any', value: [audience] }
  const all = more ? [member, ...(more.all ?? [more])] : [member]
  return `/customers?${new URLSearchParams({ view: 'all', f: JSON.stringify({ all }) })}`
}
