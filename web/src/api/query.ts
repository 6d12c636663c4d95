import { QueryClient } from '@tanstack/react-query'
import { ApiError } from './errors'

/** Repeats only what may pass by itself: no answer, 429, 5xx of a proxy. */
export function shouldRetry(count: number, error: unknown): boolean {
  if (count >= 2 || !(error instanceof ApiError)) return false
  return error.offline || [429, 502, 503, 504].includes(error.status)
}

export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 15_000,
      gcTime: 5 * 60_000,
      retry: shouldRetry,
      refetchOnWindowFocus: true,
    },
    mutations: { retry: false },
  },
})
