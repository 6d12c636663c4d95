import { useQuery } from '@tanstack/react-query'
import { api, ok } from '@/api/client'
import type { components } from '@/api/schema.gen'

type Schemas = components['schemas']

export type Share = Schemas['TimelineShare']
export type HeatCell = Schemas['TimelineHeatCell']
export type Average = Omit<Schemas['TimelineAverage'], 'level'> & {
  level?: Schemas['CustomerLevel'] | null
}
export type MonthSpend = Schemas['TimelineMonthSpend']
export type Portrait = Omit<Schemas['TimelinePortrait'], 'averages' | 'price'> & {
  averages: Average[]
  price: Schemas['TimelinePriceBand'] | null
}

/** How a customer buys. The sentence comes in the reader's language. */
export const usePortrait = (id: number, lang: string) =>
  useQuery({
    queryKey: ['customers', 'portrait', id, lang],
    queryFn: ({ signal }): Promise<Portrait> =>
      ok(api.GET('/customers/{id}/portrait', { params: { path: { id } }, signal })),
  })

/** Net spend by month; from the first purchase on, at most 24 months. */
export const useSpendByMonth = (id: number, enabled = true) =>
  useQuery({
    queryKey: ['customers', 'spend', id],
    enabled,
    queryFn: ({ signal }) =>
      ok(api.GET('/customers/{id}/spend-by-month', { params: { path: { id } }, signal })),
  })
