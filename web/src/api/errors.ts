import type { Problem } from './types'

/** Every failed call of the client: a problem of the server, or none reached. */
export class ApiError extends Error {
  readonly status: number
  readonly code: string
  readonly title: string
  readonly detail: string
  readonly params: Record<string, unknown>
  readonly fields: { path: string; code: string; message: string }[]
  readonly requestId: string
  /** Seconds to wait before another try; 0 where the server named none. */
  readonly retryAfter: number

  constructor(problem: Partial<Problem> & { status: number }, retryAfter = 0) {
    super(problem.code ?? String(problem.status))
    this.name = 'ApiError'
    this.status = problem.status
    this.code = problem.code ?? ''
    this.title = problem.title ?? ''
    this.detail = problem.detail ?? ''
    this.params = problem.params ?? {}
    this.fields = problem.errors ?? []
    this.requestId = problem.request_id ?? ''
    this.retryAfter = retryAfter
  }

  /** Nobody answered: no network, or the server is down. */
  get offline(): boolean {
    return this.status === 0
  }
}

/** Reads an answer that is not 2xx, whether or not its body is a problem. */
export function fromResponse(response: Response, body: unknown): ApiError {
  const after = Number(response.headers.get('Retry-After'))
  const problem = body && typeof body === 'object' ? (body as Partial<Problem>) : {}
  return new ApiError(
    {
      ...problem,
      status: response.status,
      request_id: problem.request_id ?? response.headers.get('X-Request-Id') ?? undefined,
    },
    Number.isFinite(after) && after > 0 ? after : 0,
  )
}

export function asApiError(error: unknown): ApiError {
  if (error instanceof ApiError) return error
  // fetch throws a TypeError where no answer came.
  if (error instanceof TypeError) return new ApiError({ status: 0, code: 'offline' })
  // A fault of a page: its text is for programmers, not for readers.
  return new ApiError({ status: -1, code: 'ui' })
}

export const isStatus = (error: unknown, status: number) =>
  error instanceof ApiError && error.status === status
