import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { api, ok } from '@/api/client'
import type { DimensionPatch, Run } from './api'

// Keys begin with "tiering", so that one invalidation renews all of it.

/** A finished run never changes. */
const forever = { staleTime: Number.POSITIVE_INFINITY, gcTime: 30 * 60_000 }

/** The report of a run; 0 is the newest of the default scheme. */
export const useReport = (id: number) =>
  useQuery({
    queryKey: ['tiering', 'report', id],
    queryFn: ({ signal }) =>
      ok(api.GET('/tiering/runs/{id}/report', { params: { path: { id } }, signal })),
    ...(id > 0 ? forever : {}),
  })

/** What a report says of dimensions; null is all that have levels in force. */
export const useReportDimensions = (id: number, codes: string[] | null) =>
  useQuery({
    queryKey: ['tiering', 'report', id, 'dimensions', codes],
    placeholderData: keepPreviousData,
    queryFn: ({ signal }) =>
      ok(
        api.GET('/tiering/runs/{id}/report/dimensions', {
          params: { path: { id }, query: dimensionQuery(codes) },
          signal,
        }),
      ),
  })

/** How the server is told of dimensions: left out for all, none for none. */
export const dimensionQuery = (codes: string[] | null): { dimensions?: string } =>
  codes === null ? {} : { dimensions: codes.join(',') || 'none' }

/** A run with its summary; asked again while it is at work. */
export const useRun = (id: number | null | undefined, enabled = true) =>
  useQuery({
    queryKey: ['tiering', 'run', id],
    enabled: enabled && Boolean(id),
    queryFn: ({ signal }) =>
      ok(api.GET('/tiering/runs/{id}', { params: { path: { id: id ?? 0 } }, signal })),
    refetchInterval: (query) => (query.state.data && isActive(query.state.data) ? 3000 : false),
  })

/** The newest runs, for choosing one. */
export const useRecentRuns = (enabled = true) =>
  useQuery({
    queryKey: ['tiering', 'runs', 'recent'],
    enabled,
    queryFn: async ({ signal }) =>
      (await ok(api.GET('/tiering/runs', { params: { query: { limit: 100 } }, signal }))).items,
  })

export const useSchemes = (enabled = true) =>
  useQuery({
    queryKey: ['tiering', 'schemes'],
    enabled,
    queryFn: async ({ signal }) => (await ok(api.GET('/tiering/schemes', { signal }))).items,
  })

/** Schemes to begin with, by industry; one more where the company has fields that tell potential. */
export const usePresets = (enabled = true) => {
  const { i18n } = useTranslation()
  return useQuery({
    queryKey: ['tiering', 'presets', i18n.language],
    enabled,
    queryFn: async ({ signal }) => (await ok(api.GET('/tiering/presets', { signal }))).items,
  })
}

const dimensions = ['tiering', 'dimensions'] as const

/** Dimensions in their order, those out of use with `all`. */
export const useDimensions = (all = false, enabled = true) =>
  useQuery({
    queryKey: [...dimensions, all],
    enabled,
    queryFn: async ({ signal }) =>
      (await ok(api.GET('/tiering/dimensions', { params: { query: { all } }, signal }))).items,
  })

/** Changes a dimension from the version it has now: for acts that others cannot undo by mistake. */
export async function changeDimension(code: string, change: Omit<DimensionPatch, 'version'>) {
  const list = (await ok(api.GET('/tiering/dimensions', { params: { query: { all: true } } })))
    .items
  const version = list.find((d) => d.code === code)?.version ?? 1
  return ok(
    api.PATCH('/tiering/dimensions/{code}', {
      params: { path: { code } },
      body: { ...change, version },
    }),
  )
}

export const useScheme = (code: string) =>
  useQuery({
    queryKey: ['tiering', 'scheme', code],
    queryFn: ({ signal }) =>
      ok(api.GET('/tiering/schemes/{code}', { params: { path: { code } }, signal })),
  })

/** The scheme that a run used, as it was then. */
export const useSchemeOf = (run: Pick<Run, 'scheme' | 'scheme_version'> | undefined) =>
  useQuery({
    queryKey: ['tiering', 'scheme', run?.scheme, run?.scheme_version],
    enabled: run !== undefined,
    queryFn: ({ signal }) =>
      ok(
        api.GET('/tiering/schemes/{code}/versions/{version}', {
          params: { path: { code: run?.scheme ?? '', version: run?.scheme_version ?? 0 } },
          signal,
        }),
      ),
    ...forever,
  })

export const isActive = (run: Pick<Run, 'status'>) =>
  run.status === 'waiting' || run.status === 'running'
