import { useQuery } from '@tanstack/react-query'
import { api, ok } from '@/api/client'
import type { components } from '@/api/schema.gen'

type Schemas = components['schemas']
export type Assessment = Schemas['TieringAssessment']

/** The parts of an assessment, in the order of PIPL art. 56. */
export const parts = ['purpose', 'necessity', 'impact', 'measures'] as const

export const assessmentPath = (id: number) => `/tiering/assessments/${id}`

const key = ['tiering', 'assessments'] as const

/** One as it was filed; it never changes. */
export const useAssessment = (id: number) =>
  useQuery({
    queryKey: [...key, id],
    queryFn: ({ signal }) =>
      ok(api.GET('/tiering/assessments/{id}', { params: { path: { id } }, signal })),
    staleTime: Number.POSITIVE_INFINITY,
  })

/** The newest of a dimension, whose texts a new one may begin with; null where none was filed. */
export const useLastAssessment = (dimension: string | undefined) =>
  useQuery({
    queryKey: [...key, 'last', dimension],
    enabled: Boolean(dimension),
    queryFn: async ({ signal }) =>
      (
        await ok(
          api.GET('/tiering/assessments', { params: { query: { dimension, limit: 1 } }, signal }),
        )
      ).items[0] ?? null,
  })
