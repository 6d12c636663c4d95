import type { FieldInfo } from './api'

/** How many values a card shows below the name and the level: with more, few cards would fit on a screen. */
export const mostOnCard = 5

/** The columns of a view that a card shows, in their order; not the one that the board is grouped by. */
export function cardFields(
  columns: string[],
  groupBy: string,
  fields: FieldInfo[] | undefined,
): FieldInfo[] {
  return columns
    .filter((code) => code !== 'name' && code !== 'level' && code !== groupBy)
    .flatMap((code) => fields?.filter((f) => f.code === code && f.column) ?? [])
    .slice(0, mostOnCard)
}

/** The columns that stand on a card somewhere: as a line, the level, or the lane that it is in. */
export function onCard(
  columns: string[],
  groupBy: string,
  fields: FieldInfo[] | undefined,
): Set<string> {
  return new Set([
    'name',
    'level',
    groupBy,
    ...cardFields(columns, groupBy, fields).map((f) => f.code),
  ])
}
