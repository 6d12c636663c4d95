import { afterEach, describe, expect, it, vi } from 'vitest'
import { api, downloadUrl, ok, onSessionEnded } from './client'
import { ApiError, asApiError } from './errors'
import { shouldRetry } from './query'

function answer(status: number, body?: unknown, headers: Record<string, string> = {}) {
  const fetched = vi.fn(
    async (_request: Request) =>
      new Response(body === undefined ? null : JSON.stringify(body), {
        status,
        headers: { 'Content-Type': 'application/json', ...headers },
      }),
  )
  vi.stubGlobal('fetch', fetched)
  return fetched
}

afterEach(() => {
  vi.unstubAllGlobals()
  onSessionEnded(() => {})
})

// A browser resolves "/api/v1" against the page; so does the test page.
vi.stubGlobal('location', new URL('http://localhost/'))

describe('client', () => {
  it('asks under the prefix, in the reader’s language, lists joined by commas', async () => {
    const fetched = answer(200, { items: [], next_cursor: null, total: 0 })
    const query = { limit: 20, role_id: [1, 2] as never }
    const page = await ok(api.GET('/staff', { params: { query } }))
    expect(page.items).toEqual([])
    const request = fetched.mock.calls[0]?.[0] as Request
    expect(new URL(request.url).pathname).toBe('/api/v1/staff')
    expect(new URL(request.url).search).toBe('?limit=20&role_id=1,2')
    expect(request.headers.get('Accept-Language')).toMatch(/zh-CN|en/)
  })

  it('throws problems with all they say', async () => {
    const problem = {
      title: 'T',
      status: 422,
      detail: 'D',
      code: 'invalid',
      params: { a: 1 },
      errors: [{ path: 'p', code: 'c', message: 'm' }],
      request_id: 'r',
    }
    answer(422, problem, { 'Retry-After': '7' })
    const error = await ok(api.GET('/system')).catch((e: unknown) => e)
    expect(error).toBeInstanceOf(ApiError)
    expect(error).toMatchObject({
      status: 422,
      code: 'invalid',
      detail: 'D',
      requestId: 'r',
      retryAfter: 7,
      fields: problem.errors,
    })
  })

  it('takes an answer without a body', async () => {
    answer(204)
    expect(await ok(api.DELETE('/session'))).toBeUndefined()
  })

  it('is offline where nobody answers', async () => {
    vi.stubGlobal('fetch', () => Promise.reject(new TypeError('failed')))
    const error = await ok(api.GET('/system')).catch((e: unknown) => e)
    expect((error as ApiError).offline).toBe(true)
  })

  it('tells when the session is over, but not for a wrong password', async () => {
    const ended = vi.fn()
    onSessionEnded(ended)
    answer(401, { title: 'x', status: 401 })
    await ok(api.POST('/session', { body: { login: 'a', password: 'b' } })).catch(() => {})
    expect(ended).not.toHaveBeenCalled()
    await ok(api.GET('/overview')).catch(() => {})
    expect(ended).toHaveBeenCalledOnce()
  })
})

it('builds addresses of downloads', () => {
  expect(downloadUrl('/x/export', { format: 'csv', q: '', n: undefined, c: ['a', 'b'] })).toBe(
    '/api/v1/x/export?format=csv&c=a%2Cb',
  )
  expect(downloadUrl('/x', {})).toBe('/api/v1/x')
})

it('repeats only what may pass by itself', () => {
  const error = (status: number) => new ApiError({ status })
  expect([0, 429, 503].map((s) => shouldRetry(0, error(s)))).toEqual([true, true, true])
  expect([400, 401, 403, 404, 409, 422, 500].some((s) => shouldRetry(0, error(s)))).toBe(false)
  expect(shouldRetry(2, error(503))).toBe(false)
  expect(shouldRetry(0, new Error('x'))).toBe(false)
})

it('never shows the text of a programming error', () => {
  expect(asApiError(new Error('x is undefined'))).toMatchObject({ code: 'ui', detail: '' })
})
