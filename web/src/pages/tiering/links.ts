/** Address of the customers of a run, filtered. */
export function customersOf(runId: number, filters: Record<string, string> = {}): string {
  const query = new URLSearchParams(filters).toString()
  return `/tiering/runs/${runId}/customers${query ? `?${query}` : ''}`
}

export const runPath = (runId: number) => `/tiering/runs/${runId}`
export const schemePath = (code: string) => `/tiering/schemes/${encodeURIComponent(code)}`
