import { act, cleanup, fireEvent, render, screen } from '@testing-library/react'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { TestApp } from '@/test/app'
import type { Entry, History } from './api'
import TimelineTab from './TimelineTab'

const kinds = [
  { kind: 'order', source: 'order' },
  { kind: 'call', source: 'note' },
  { kind: 'visit', source: 'note' },
]
const evil = '<img src=x onerror="alert(1)"><script>alert(2)</script>'
const person = { id: 3, name: evil }
const note: Entry = {
  source: 'note',
  id: 7,
  kind: 'call',
  at: Date.UTC(2026, 8, 25, 6, 5),
  day: '2026-09-25',
  actor: person,
  text: { key: 'timeline.kind.call', params: {} },
  facts: [],
  note: {
    id: 7,
    customer_id: 1,
    kind: 'call',
    at: Date.UTC(2026, 8, 25, 6, 5),
    day: '2026-09-25',
    direction: 'out',
    subject: evil,
    text: evil,
    outcome: '',
    author: person,
    colleagues: [person],
    next_step: null,
    attachments: [
      { id: 5, name: evil, size: 9, media_type: 'image/png', sha256: '', created_at: 0 },
    ],
    version: 1,
    created_at: 0,
    updated_at: 0,
    can_edit: false,
    can_delete: false,
  },
}
const edit: Entry = {
  ...note,
  source: 'edit',
  id: 8,
  kind: 'edit',
  note: null,
  text: { key: 'timeline.text.edit', params: { count: '1' } },
  facts: [{ key: evil, type: 'change', before: evil, text: evil, number: 0 }],
}

/** Answers every call with what `answer` gives for its address. */
function serve(answer: (url: URL) => History | number) {
  const asked: string[] = []
  vi.stubGlobal('fetch', async (request: Request) => {
    const url = new URL(request.url, 'http://localhost')
    asked.push(url.pathname + url.search)
    const body = answer(url)
    const status = typeof body === 'number' ? body : 200
    return new Response(JSON.stringify(status === 200 ? body : { status, code: 'internal' }), {
      status,
      headers: { 'Content-Type': 'application/json' },
    })
  })
  return asked
}

const shown = async (onWrite?: () => void) => {
  const view = render(
    <TestApp>
      <TimelineTab id={1} onWrite={onWrite} />
    </TestApp>,
  )
  await act(async () => {
    await new Promise((done) => setTimeout(done, 60))
  })
  return view
}

afterEach(() => {
  cleanup()
  vi.unstubAllGlobals()
})

describe('TimelineTab', () => {
  it('shows what people typed as text and never as markup', async () => {
    serve(() => ({ items: [note, edit], next_cursor: null, kinds }))
    const { container } = await shown()
    expect(container.querySelector('script')).toBeNull()
    expect(container.querySelector('img')).toBeNull()
    expect(screen.getAllByText(evil).length).toBeGreaterThanOrEqual(4)
  })

  it('asks for a source by its kinds, and for one kind of it', async () => {
    const asked = serve(() => ({ items: [note], next_cursor: null, kinds }))
    await shown()
    const press = async (name: string) =>
      act(async () => {
        fireEvent.click(screen.getByRole('button', { name }))
        await new Promise((done) => setTimeout(done, 60))
      })
    await press('timeline.source.note')
    expect(asked.at(-1)).toContain('kind=call%2Cvisit')
    await press('timeline.kind.visit')
    expect(asked.at(-1)).toMatch(/kind=visit/)
    await press('common.all')
    expect(screen.getByRole('button', { name: 'common.all' }).getAttribute('aria-pressed')).toBe(
      'true',
    )
  })

  it('invites to write where there is nothing yet', async () => {
    serve(() => ({ items: [], next_cursor: null, kinds }))
    const write = vi.fn()
    await shown(write)
    fireEvent.click(screen.getByRole('button', { name: 'note.write' }))
    expect(write).toHaveBeenCalledOnce()
  })
})
