import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { api, ok } from '@/api/client'
import type { components } from '@/api/schema.gen'

type Schemas = components['schemas']
export type State = Schemas['ForecastState']
export type Model = Schemas['ForecastModel']
export type Detail = Schemas['ForecastDetail']
export type Settings = Schemas['ForecastSettings']
export type Kind = State['kind']
export type Next = Schemas['ForecastNext']

// Keys begin with "forecast": one invalidation renews all of it.

/** The kinds with what is in use; asked again while one is being fitted. */
export const useKinds = () => {
  const { i18n } = useTranslation()
  return useQuery({
    queryKey: ['forecast', 'kinds', i18n.language],
    queryFn: async ({ signal }) => (await ok(api.GET('/forecast/kinds', { signal }))).items ?? [],
    refetchInterval: (query) =>
      query.state.data?.some((s) => s.newest && isActive(s.newest)) ? 3000 : false,
  })
}

export const useModel = (id: number | null | undefined) => {
  const { i18n } = useTranslation()
  return useQuery({
    queryKey: ['forecast', 'model', id, i18n.language],
    enabled: Boolean(id),
    queryFn: ({ signal }) =>
      ok(api.GET('/forecast/models/{id}', { params: { path: { id: id ?? 0 } }, signal })),
  })
}

export const useVersions = (kind: Kind) => {
  const { i18n } = useTranslation()
  return useQuery({
    queryKey: ['forecast', 'versions', kind, i18n.language],
    queryFn: async ({ signal }) =>
      (
        await ok(
          api.GET('/forecast/kinds/{kind}/models', {
            params: { path: { kind }, query: { limit: 100 } },
            signal,
          }),
        )
      ).items ?? [],
  })
}

/** When the next order of a customer is expected. */
export const useNext = (id: number, enabled: boolean) => {
  const { i18n } = useTranslation()
  return useQuery({
    queryKey: ['customers', 'forecast', id, i18n.language],
    enabled,
    queryFn: ({ signal }) =>
      ok(api.GET('/customers/{id}/forecast', { params: { path: { id } }, signal })),
  })
}

export const isActive = (m: Pick<Model, 'status'>) =>
  m.status === 'waiting' || m.status === 'running'

/** Acts on models, and what has to be read again behind them. */
export function useActs() {
  const client = useQueryClient()
  const after = async <T>(work: Promise<T>): Promise<T> => {
    try {
      return await work
    } finally {
      await client.invalidateQueries({ queryKey: ['forecast'] })
    }
  }
  const id = (value: number) => ({ params: { path: { id: value } } })
  return {
    fit: (kind: Kind) =>
      after(ok(api.POST('/forecast/kinds/{kind}/fit', { params: { path: { kind } } }))),
    cancel: (m: Model) => after(ok(api.POST('/forecast/models/{id}/cancel', id(m.id)))),
    use: (m: Model) => after(ok(api.POST('/forecast/models/{id}/use', id(m.id)))),
    discard: (m: Model) => after(ok(api.POST('/forecast/models/{id}/discard', id(m.id)))),
    save: (kind: Kind, settings: Settings, version: number) =>
      after(
        ok(
          api.PUT('/forecast/kinds/{kind}/settings', {
            params: { path: { kind } },
            body: { settings, version },
          }),
        ),
      ),
    renew: () => client.invalidateQueries({ queryKey: ['forecast'] }),
  }
}
