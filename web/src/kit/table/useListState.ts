import { useCallback, useMemo, useState } from 'react'
import { useLocation, useSearchParams } from 'react-router'
import { type ListState, readState, writeState } from './state'
import type { FilterDef } from './types'

export interface ListControl {
  state: ListState
  /** Filters, sort and size; goes back to the first page. */
  change: (part: Partial<Pick<ListState, 'filters' | 'sort' | 'size'>>) => void
  /** Goes to the page behind `cursor`. */
  forward: (cursor: string) => void
  back: () => void
}

interface Options {
  id: string
  defs: FilterDef[]
  sort: string
  size: number
  local: boolean
}

/**
 * State of a list. It stands in the address, so that it can be linked to, and
 * the cursors of the pages behind in the history entry, so that the browser's
 * back button and a reload keep the place.
 */
export function useListState({ id, defs, sort, size, local }: Options): ListControl {
  const [params, setParams] = useSearchParams()
  const location = useLocation()
  const [own, setOwn] = useState<ListState>({ filters: {}, sort, size, cursors: [] })
  const cursors = (location.state as Record<string, unknown> | null)?.[`cursors:${id}`]

  const state = useMemo<ListState>(
    () =>
      local ? { ...own, size } : { ...readState(params, cursors, defs, { sort, size }), size },
    [local, own, params, cursors, defs, sort, size],
  )

  const put = useCallback(
    (next: ListState, replace: boolean) => {
      if (local) setOwn(next)
      else
        setParams(writeState(params, next, defs, { sort }), {
          replace,
          preventScrollReset: true,
          state: { [`cursors:${id}`]: next.cursors },
        })
    },
    [local, params, setParams, defs, sort, id],
  )

  return useMemo(
    () => ({
      state,
      change: (part) => put({ ...state, ...part, cursors: [] }, true),
      forward: (cursor) => put({ ...state, cursors: [...state.cursors, cursor] }, false),
      back: () => put({ ...state, cursors: state.cursors.slice(0, -1) }, false),
    }),
    [state, put],
  )
}
