import { cleanup, fireEvent, render, screen, waitFor } from '@testing-library/react'
import { afterEach, expect, it, vi } from 'vitest'
import { TestApp } from '@/test/app'
import type { FieldInfo, ListRow } from './api'
import { EditCell } from './EditCell'

vi.stubGlobal('location', new URL('http://localhost/'))
afterEach(cleanup)

const field = { code: 'industry', label: '行业', type: 'text', group: 'record' } as FieldInfo
const row = { id: 7, name: '青石贸易', values: { industry: '制造' } } as unknown as ListRow

/** A server where somebody else saved version 4 after version 3 was read. */
function serve() {
  const sent: { on: string | null; body: unknown }[] = []
  vi.stubGlobal('fetch', async (request: Request) => {
    const answer = (status: number, body: unknown) =>
      new Response(JSON.stringify(body), {
        status,
        headers: { 'Content-Type': 'application/json' },
      })
    if (request.method !== 'PATCH') {
      return answer(200, request.url.endsWith('/record') ? { id: 7, version: 3 } : { items: [] })
    }
    const on = request.headers.get('If-Match')
    sent.push({ on, body: await request.json() })
    if (on === '"v4"') return answer(200, { id: 7, version: 5 })
    const conflicts = [
      { field: 'industry', base: '制造', yours: '贸易', theirs: '零售', collides: true },
    ]
    return answer(409, {
      status: 409,
      code: 'customer.version_conflict',
      params: { version: 4, by: '高敏', at: 1, conflicts, others: [] },
    })
  })
  return sent
}

it('keeps what was typed where somebody changed the same, and saves it at the second try', async () => {
  const sent = serve()
  const onEdit = vi.fn()
  render(
    <TestApp>
      <EditCell field={field} row={row} editing onEdit={onEdit} />
    </TestApp>,
  )
  const input = screen.getByRole<HTMLInputElement>('textbox')
  fireEvent.change(input, { target: { value: '贸易' } })
  fireEvent.keyDown(input, { key: 'Enter' })
  const fault = await screen.findByRole('alert')
  expect(fault.textContent).toBe('ui_list.clash.became')
  expect(screen.getByRole<HTMLInputElement>('textbox').value).toBe('贸易')
  expect(onEdit).not.toHaveBeenCalled()

  fireEvent.keyDown(screen.getByRole('textbox'), { key: 'Enter' })
  await waitFor(() => expect(onEdit).toHaveBeenCalledWith(false))
  expect(sent).toEqual([
    { on: '"v3"', body: { industry: '贸易' } },
    { on: '"v4"', body: { industry: '贸易' } },
  ])
})
