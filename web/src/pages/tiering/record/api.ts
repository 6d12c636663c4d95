import { type QueryClient, useQuery } from '@tanstack/react-query'
import { api, ok } from '@/api/client'
import type { components } from '@/api/schema.gen'
import { useCatalogue } from '../../customers/list/api'

type Schemas = components['schemas']
export type HandOnly = Schemas['TieringHandOnly']
export type LevelStep = Schemas['TieringLevelStep']

const key = (customer: number) => ['tiering', 'record', customer] as const

/** Whether only people grade a customer. */
export const useHandOnly = (customer: number, enabled: boolean) =>
  useQuery({
    queryKey: [...key(customer), 'hand-only'],
    enabled,
    queryFn: ({ signal }) =>
      ok(api.GET('/customers/{id}/hand-only', { params: { path: { id: customer } }, signal })),
  })

/** How the levels of a customer changed, newest first. */
export const useLevelSteps = (customer: number) =>
  useQuery({
    queryKey: [...key(customer), 'levels'],
    queryFn: async ({ signal }) =>
      (await ok(api.GET('/customers/{id}/levels', { params: { path: { id: customer } }, signal })))
        .items,
  })

/** The levels in force of a dimension, best first: those that lists filter by. */
export function useLevelsInForce(dimension: string | undefined) {
  const { data } = useCatalogue()
  const code = dimension === 'value' ? 'level' : `level.${dimension}`
  return data?.find((field) => field.code === code)?.options ?? []
}

/** After a level was changed: lists, pages of customers and grading show it. */
export async function levelsChanged(client: QueryClient) {
  await Promise.all([
    client.invalidateQueries({ queryKey: ['customers'] }),
    client.invalidateQueries({ queryKey: ['tiering'] }),
  ])
}
