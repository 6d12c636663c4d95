import createClient, { type Middleware } from 'openapi-fetch'
import { currentLang } from '@/i18n'
import { ApiError, fromResponse } from './errors'
import type { Paths } from './types'

export const base = '/api/v1'

/** Typed by path and method: `ok(api.GET('/staff', { params: { query } }))`. */
export const api = createClient<Paths>({
  baseUrl: base,
  // The language may change without a reload, and tests replace fetch.
  fetch: (request) => globalThis.fetch(request),
  querySerializer: { array: { style: 'form', explode: false } },
})

let sessionEnded: () => void = () => {}

/** Called when the server no longer knows the session. */
export function onSessionEnded(tell: () => void): void {
  sessionEnded = tell
}

const language: Middleware = {
  onRequest({ request }) {
    request.headers.set('Accept-Language', currentLang())
    return request
  },
  onResponse({ response, schemaPath }) {
    if (response.status === 401 && !schemaPath.startsWith('/session')) sessionEnded()
    return undefined
  },
}
api.use(language)

/** The data of a call; throws ApiError for anything but success. */
export async function ok<T>(
  call: Promise<{ data?: T; error?: unknown; response: Response }>,
): Promise<T> {
  let result: { data?: T; error?: unknown; response: Response }
  try {
    result = await call
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error
    throw new ApiError({ status: 0, code: 'offline' })
  }
  if (!result.response.ok) throw fromResponse(result.response, result.error)
  return result.data as T
}

/** Address of a download: a path of the API with a query; empty values are left out. */
export function downloadUrl(path: string, query: Record<string, unknown>): string {
  const params = new URLSearchParams()
  for (const [name, value] of Object.entries(query)) {
    if (value === undefined || value === null || value === '') continue
    params.set(name, Array.isArray(value) ? value.join(',') : String(value))
  }
  const text = params.toString()
  return `${base}${path}${text ? `?${text}` : ''}`
}
