import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useEffect, useMemo, useState } from 'react'
import { api, ok } from '@/api/client'
import { useMe } from '@/kit'
import type { Preview, Scheme } from '../api'
import { type FormScheme, toScheme } from './model'

/** A value once it has rested for `ms`. */
function useRested<T>(value: T, ms: number): T {
  const [rested, setRested] = useState(value)
  useEffect(() => {
    const timer = setTimeout(() => setRested(value), ms)
    return () => clearTimeout(timer)
  }, [value, ms])
  return rested
}

// A preview reads all orders: one at a time, and the same question is asked once.
const options = (scheme: Scheme | null, enabled: boolean) => {
  const body = scheme ? JSON.stringify(scheme) : ''
  return {
    queryKey: ['tiering', 'preview', body],
    enabled: enabled && scheme !== null,
    queryFn: ({ signal }: { signal: AbortSignal }) =>
      ok(api.POST('/tiering/preview', { body: { scheme: JSON.parse(body) as Scheme }, signal })),
    staleTime: 5 * 60_000,
    refetchOnWindowFocus: false,
    retryDelay: 1500,
  }
}

export interface LivePreview {
  /** What the scheme as saved would do today. */
  saved: Preview | undefined
  /** What the scheme as it stands in the form would do. */
  changed: Preview | undefined
  /** The numbers in `changed` are of an earlier state of the form. */
  stale: boolean
  busy: boolean
  error: unknown
  refetch: () => void
  /** Thresholds by the key of their condition. */
  found: ReadonlyMap<string, number | null>
}

/** Tries the form out while it is being edited, beside the scheme as saved. */
export function usePreview(form: FormScheme, saved: FormScheme, valid: boolean): LivePreview {
  const me = useMe()
  // Sums over the whole company need the scope for it; the server refuses others.
  const may = me.scope === 'all'
  const rested = useRested(form, 600)
  const now = useMemo(() => toScheme(rested), [rested])
  const base = useMemo(() => toScheme(saved), [saved])
  const first = useQuery(options(base, may))
  // Asked for by the first already; asking twice for what is refused would never end.
  const same = useMemo(() => JSON.stringify(now) === JSON.stringify(base), [now, base])
  const second = useQuery({
    ...options(now, may && valid && rested === form && !first.isFetching && !same),
    placeholderData: keepPreviousData,
  })
  const stale = second.isPlaceholderData || rested !== form || !valid
  const found = useMemo(() => {
    const out = new Map<string, number | null>()
    if (second.isPlaceholderData || !second.data?.thresholds) return out
    const conditions = rested.rules.flatMap((r) => [...r.all, ...r.any])
    conditions.forEach((c, i) => {
      const value = second.data?.thresholds?.[i]
      if (value !== undefined) out.set(c.key, value)
    })
    return out
  }, [second.data, second.isPlaceholderData, rested])
  return {
    saved: first.data,
    changed: second.data ?? first.data,
    stale: stale && second.data !== undefined,
    busy: first.isFetching || second.isFetching,
    error: second.error ?? first.error,
    refetch: () => {
      if (first.error) first.refetch()
      else second.refetch()
    },
    found,
  }
}
