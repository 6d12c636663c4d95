import { useQuery } from '@tanstack/react-query'
import { api, ok } from '@/api/client'
import type { components } from '@/api/schema.gen'
import type { StatusKind } from '@/kit'

export type Appeal = components['schemas']['TieringAppeal']

export const states: Record<Appeal['status'], StatusKind> = {
  open: 'running',
  upheld: 'success',
  declined: 'danger',
  withdrawn: 'neutral',
}

export const useAppeal = (id: number | null) =>
  useQuery({
    queryKey: ['tiering', 'appeals', id],
    enabled: id !== null,
    queryFn: ({ signal }) =>
      ok(api.GET('/tiering/appeals/{id}', { params: { path: { id: id ?? 0 } }, signal })),
  })
