// How two customers can belong together, seen from one of them. Pure; tested.
import type { RelationKind } from './api'

type Kind = 'person' | 'company' | 'org'

const directed: RelationKind[] = ['contact', 'parent', 'introduced_by']

/** "contact" or "contact.reverse": what the other one is to this customer. */
export const kindKey = (kind: RelationKind, reverse: boolean): string =>
  reverse && directed.includes(kind) ? `${kind}.reverse` : kind

/** The kind and the direction of a key. */
export function splitKind(key: string): { kind: RelationKind; reverse: boolean } {
  const [kind, way] = key.split('.')
  return { kind: kind as RelationKind, reverse: way === 'reverse' }
}

/** What another customer can be to one of this kind; the most usual first. */
export function kindsFor(kind: Kind): string[] {
  return kind === 'person'
    ? ['contact', 'household', 'introduced_by', 'introduced_by.reverse']
    : [
        'contact.reverse',
        'parent',
        'parent.reverse',
        'partner',
        'introduced_by',
        'introduced_by.reverse',
      ]
}
