import { useCallback, useEffect, useMemo } from 'react'
import { useSearchParams } from 'react-router'
import { useMe } from '@/kit'
import { keyOfCode } from '../access'
import { useViews, type View, type ViewBody } from './api'
import { type FilterNode, flatKeys, fromFlat, parseFilter, sameFilter } from './tree'

export type Layout = 'table' | 'board'

/** What the list shows without a view. */
export const usual: Shown = {
  filter: null,
  columns: ['name', 'level', 'phone', 'region', 'net_365', 'orders_365', 'last_day', 'owner'],
  sort: '-net_365',
  layout: 'table',
  groupBy: 'stage',
}

/** How a list looks: what a view keeps. */
export interface Shown {
  filter: FilterNode | null
  columns: string[]
  sort: string
  layout: Layout
  groupBy: string
}

/** What a view shows; parts that it leaves out are the usual ones. */
export function ofView(body: ViewBody): Shown {
  return {
    filter: body.filter ?? null,
    columns: body.columns && body.columns.length > 0 ? body.columns : usual.columns,
    sort: body.sort || usual.sort,
    layout: body.layout === 'board' ? 'board' : 'table',
    groupBy: body.group_by || usual.groupBy,
  }
}

/** What the reader may see of it: a list by a hidden field would be refused as a whole. */
export function seen(shown: Shown, hides: (key: string) => boolean): Shown {
  const hidden = (code: string) => hides(keyOfCode(code))
  return {
    ...shown,
    columns: shown.columns.filter((code) => !hidden(code)),
    sort: shown.sort.split(',').some((key) => hidden(key.replace(/^-/, ''))) ? '-id' : shown.sort,
    groupBy: hidden(shown.groupBy) ? 'owner' : shown.groupBy,
  }
}

/** The body of a view that shows this. */
export function toBody(s: Shown): ViewBody {
  return {
    filter: s.filter ?? undefined,
    columns: s.columns,
    sort: s.sort,
    layout: s.layout,
    group_by: s.layout === 'board' ? s.groupBy : undefined,
  }
}

/** Whether two lists look the same; the field of a board counts on boards only. */
export function sameShown(a: Shown, b: Shown): boolean {
  return (
    a.sort === b.sort &&
    a.layout === b.layout &&
    (a.layout === 'table' || a.groupBy === b.groupBy) &&
    a.columns.join() === b.columns.join() &&
    sameFilter(a.filter, b.filter)
  )
}

/** What an address shows on top of the view that it names. */
export function readShown(params: URLSearchParams, base: Shown): Shown {
  const layout = params.get('layout')
  return {
    filter: params.has('f') ? parseFilter(params.get('f')) : base.filter,
    columns: params.get('cols')?.split(',').filter(Boolean).slice(0, 60) ?? base.columns,
    sort: params.get('sort') || base.sort,
    layout: layout === 'board' || layout === 'table' ? layout : base.layout,
    groupBy: params.get('by') || base.groupBy,
  }
}

/** Writes what differs from the view into an address; the place in the list is left behind. */
export function writeShown(params: URLSearchParams, next: Shown, base: Shown): URLSearchParams {
  const out = new URLSearchParams(params)
  const put = (key: string, differs: boolean, value: string) =>
    differs ? out.set(key, value) : out.delete(key)
  put('f', !sameFilter(next.filter, base.filter), next.filter ? JSON.stringify(next.filter) : '')
  put('cols', next.columns.join() !== base.columns.join(), next.columns.join())
  put('sort', next.sort !== base.sort, next.sort)
  put('layout', next.layout !== base.layout, next.layout)
  put('by', next.groupBy !== base.groupBy, next.groupBy)
  return out
}

/**
 * What the list shows: the view that the address names, else the reader's
 * default, with the changes that stand in the address.
 */
export function useList() {
  const { hides } = useMe()
  const [params, setParams] = useSearchParams()
  const views = useViews()
  const named = params.get('view')
  const flat = flatKeys.some((key) => params.has(key))
  const own = named !== null || params.has('f') || flat
  const view: View | null =
    named === 'all'
      ? null
      : ((named !== null
          ? views.data?.find((v) => String(v.id) === named)
          : own
            ? null
            : views.data?.find((v) => v.default)) ?? null)
  const base = useMemo(() => seen(view ? ofView(view.body) : usual, hides), [view, hides])

  // Other pages link with plain filters; here they become a nested one.
  useEffect(() => {
    if (!flat) return
    setParams(
      (before) => {
        const next = new URLSearchParams(before)
        const filter = fromFlat(before)
        for (const key of flatKeys) next.delete(key)
        next.set('view', 'all')
        if (filter) next.set('f', JSON.stringify(filter))
        return next
      },
      { replace: true },
    )
  }, [flat, setParams])

  const shown = useMemo(() => seen(readShown(params, base), hides), [params, base, hides])
  const change = useCallback(
    (part: Partial<Shown>) =>
      setParams((before) => writeShown(before, { ...readShown(before, base), ...part }, base), {
        replace: true,
        preventScrollReset: true,
        state: {},
      }),
    [setParams, base],
  )
  const pick = useCallback(
    (id: number | null) =>
      setParams(new URLSearchParams({ view: id === null ? 'all' : String(id) }), { state: {} }),
    [setParams],
  )
  return {
    views,
    view,
    base,
    shown,
    change,
    pick,
    /** The searched text; a view never holds it. */
    q: params.get('q') ?? '',
    changed: !sameShown(shown, base),
    /** The filter is not read from the address or a view yet. */
    pending: flat || (views.isPending && (named === null ? !own : named !== 'all')),
    /** The address names a view that is not there, or no longer shared. */
    gone: named !== null && named !== 'all' && views.isSuccess && !view,
    find: (q: string) =>
      setParams(
        (before) => {
          const next = new URLSearchParams(before)
          if (q) next.set('q', q)
          else next.delete('q')
          return next
        },
        { replace: true },
      ),
    clear: () => {
      setParams(
        (before) => {
          const next = writeShown(before, { ...readShown(before, base), filter: null }, base)
          next.delete('q')
          return next
        },
        { replace: true, state: {} },
      )
    },
  }
}

export type List = ReturnType<typeof useList>
