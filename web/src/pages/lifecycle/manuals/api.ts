// What the pages of handbook and SOP ask of the server.
import { useQuery } from '@tanstack/react-query'
import { api, ok } from '@/api/client'
import type { components } from '@/api/schema.gen'
import { key } from '../api'

export type Manual = components['schemas']['LifecycleManual']
export type ManualKind = 'handbook' | 'sop'

/** A manual of a version, of the one in force for 0. */
export const useManual = (kind: ManualKind, version: number) =>
  useQuery({
    queryKey: [...key, kind, version],
    queryFn: ({ signal }) => {
      const params = { query: version ? { version } : {} }
      return kind === 'handbook'
        ? ok(api.GET('/lifecycle/handbook', { params, signal }))
        : ok(api.GET('/lifecycle/sop', { params, signal }))
    },
  })

export const approveManual = (kind: ManualKind, version: number, note: string) => {
  const body = { version, note }
  return kind === 'handbook'
    ? ok(api.POST('/lifecycle/handbook/approval', { body }))
    : ok(api.POST('/lifecycle/sop/approval', { body }))
}

export const withdrawManual = (kind: ManualKind, version: number, reason: string) => {
  const body = { version, reason }
  return kind === 'handbook'
    ? ok(api.POST('/lifecycle/handbook/withdrawal', { body }))
    : ok(api.POST('/lifecycle/sop/withdrawal', { body }))
}
