// Names of audiences, and conditions in words, for filters that name them.
import { useQueries } from '@tanstack/react-query'
import { useCallback } from 'react'
import { useTranslation } from 'react-i18next'
import { perm } from '@/app/permissions'
import { useMe } from '@/kit'
import type { FilterNode } from '../customers/list/tree'
import { count, key, oneAudience } from './api'

/** The names of audiences by id; those that are gone or may not be seen are missing. */
export function useAudienceNames(ids: number[]): Map<number, string> {
  const me = useMe()
  const wanted = me.can(perm.audienceView) ? [...new Set(ids)].slice(0, 50) : []
  const found = useQueries({
    queries: wanted.map((id) => ({ ...oneAudience(id), staleTime: 5 * 60_000, retry: false })),
  })
  return new Map(found.flatMap(({ data }) => (data ? [[data.id, data.name]] : [])))
}

/** Says conditions that only the server has words for: facts, sequences, places among others. */
export function useSaid(nodes: FilterNode[]): (node: FilterNode) => string {
  const { t, i18n } = useTranslation()
  const me = useMe()
  const texts = me.can(perm.audienceView)
    ? [...new Set(nodes.map((node) => JSON.stringify(node)))].slice(0, 50)
    : []
  const said = useQueries({
    queries: texts.map((text) => ({
      queryKey: [...key, 'said', i18n.language, text],
      staleTime: Number.POSITIVE_INFINITY,
      retry: false,
      queryFn: async ({ signal }: { signal: AbortSignal }) =>
        (await count({ rule: JSON.parse(text) as FilterNode }, signal)).sentence,
    })),
    combine: (results) => new Map(results.map((r, i) => [texts[i], r.data])),
  })
  return useCallback(
    (node) => said.get(JSON.stringify(node)) || t('audiences.filter.advanced'),
    [said, t],
  )
}
