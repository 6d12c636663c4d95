import type { ListQuery } from '@/api/types'
import type { FilterDef } from './types'

/** What a person set on a list. Filter values are texts as they stand in the address. */
export interface ListState {
  filters: Record<string, string>
  sort: string
  size: number
  /** Cursors of the pages behind the first, in order; empty on the first page. */
  cursors: string[]
}

export const sizes = [20, 50, 100] as const
export const searchKey = 'q'

/** Reads a list's state from address parameters; anything not in the definitions is ignored. */
export function readState(
  params: URLSearchParams,
  cursors: unknown,
  defs: FilterDef[],
  defaults: { sort: string; size: number },
): ListState {
  const filters: Record<string, string> = {}
  for (const key of [searchKey, ...defs.map((d) => d.key)]) {
    const value = params.get(key)
    if (value) filters[key] = value.slice(0, 500)
  }
  const size = Number(params.get('size'))
  return {
    filters,
    sort: params.get('sort') ?? defaults.sort,
    size: sizes.includes(size as never) ? size : defaults.size,
    cursors: Array.isArray(cursors) ? cursors.filter((c) => typeof c === 'string') : [],
  }
}

/** Writes a state into address parameters; other parameters stay. */
export function writeState(
  params: URLSearchParams,
  state: ListState,
  defs: FilterDef[],
  defaults: { sort: string },
): URLSearchParams {
  const next = new URLSearchParams(params)
  for (const key of [searchKey, ...defs.map((d) => d.key)]) {
    const value = state.filters[key]
    if (value) next.set(key, value)
    else next.delete(key)
  }
  if (state.sort && state.sort !== defaults.sort) next.set('sort', state.sort)
  else next.delete('sort')
  return next
}

/** "a..b" → [a, b]; an open end is "". */
export function splitRange(text: string): [string, string] {
  const at = text.indexOf('..')
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 2)]
}

export const joinRange = (from: string, to: string) => (from || to ? `${from}..${to}` : '')

// Yuan as typed to 分 without going through a binary fraction: "12.5" → 1250.
export function yuanToFen(text: string): number | undefined {
  const match = /^(-?)(\d{1,12})(?:\.(\d{1,2}))?$/.exec(text.trim())
  if (!match) return undefined
  const fen = Number(match[2]) * 100 + Number((match[3] ?? '').padEnd(2, '0') || 0)
  return match[1] ? -fen : fen
}

/** The API's filter parameters of a state. */
export function filterParams(
  filters: Record<string, string>,
  defs: FilterDef[],
): Record<string, string | number> {
  const out: Record<string, string | number> = {}
  if (filters[searchKey]) out[searchKey] = filters[searchKey]
  for (const def of defs) {
    const text = filters[def.key]
    if (!text) continue
    if (def.type === 'text' || def.type === 'select') {
      out[def.key] = text
      continue
    }
    const [from, to] = splitRange(text)
    const [low, high] = def.type === 'dates' ? ['from', 'to'] : ['min', 'max']
    for (const [end, value] of [
      [low, from],
      [high, to],
    ] as const) {
      if (!value) continue
      if (def.type === 'dates') out[`${def.key}_${end}`] = value
      else {
        const n = def.unit === 'fen' ? yuanToFen(value) : Number(value)
        if (n !== undefined && Number.isFinite(n)) out[`${def.key}_${end}`] = n
      }
    }
  }
  return out
}

/** The query of one page. */
export function listQuery(
  state: ListState,
  defs: FilterDef[],
  fixed: Record<string, unknown> = {},
): ListQuery {
  const query: ListQuery = { ...fixed, ...filterParams(state.filters, defs), limit: state.size }
  const cursor = state.cursors.at(-1)
  if (cursor) query.cursor = cursor
  if (state.sort) query.sort = state.sort
  return query
}

/** The sort after a click on a head: first direction → the other → none. */
export function nextSort(current: string, field: string, first: 'asc' | 'desc' = 'asc'): string {
  const [one, two] = first === 'asc' ? [field, `-${field}`] : [`-${field}`, field]
  const [lead] = sortKeys(current)
  if (lead === one) return two
  if (lead === two) return ''
  return one
}

/** The keys of a sort, "-spend,name" → "-spend" and "name". */
export const sortKeys = (sort = ''): string[] => sort.split(',').filter(Boolean)

export const keyField = (key: string): string => key.replace(/^-/, '')

/**
 * The sort after a shift-click on a head: the column comes second, behind the
 * one that leads; then its other direction, then not at all. A column that can
 * only lead comes first.
 */
export function nextSecond(
  current: string,
  field: string,
  first: 'asc' | 'desc' = 'asc',
  leads: (field: string) => boolean = () => false,
): string {
  const [lead = '', second = ''] = sortKeys(current)
  const join = (...keys: string[]) => keys.filter(Boolean).join(',')
  if (!lead || keyField(lead) === field) return join(nextSort(lead, field, first), second)
  if (!leads(field)) return join(lead, nextSort(second, field, first))
  return join(nextSort('', field, first), leads(keyField(lead)) ? '' : lead)
}

/** Whether two sets of filters say the same. */
export function sameFilters(a: Record<string, string>, b: Record<string, string>): boolean {
  const clean = (x: Record<string, string>) =>
    JSON.stringify(
      Object.entries(x)
        .filter(([, v]) => v)
        .sort(([k1], [k2]) => (k1 < k2 ? -1 : 1)),
    )
  return clean(a) === clean(b)
}
