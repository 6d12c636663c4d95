import { cleanup, fireEvent, render, screen, waitFor } from '@testing-library/react'
import { afterEach, expect, it, vi } from 'vitest'
import { TestApp } from '@/test/app'
import type { Preview } from './api'
import { SourceDoubt } from './SourceDoubt'

vi.stubGlobal('location', new URL('http://localhost/'))
afterEach(cleanup)

/** Shows it where the shop is a source that is there. */
async function show(preview: Partial<Preview>, source = 'main', name = '主店铺') {
  const fetched = vi.fn(
    async () =>
      new Response(JSON.stringify({ items: [{ code: 'main', name, created_at: 1 }] }), {
        headers: { 'Content-Type': 'application/json' },
      }),
  )
  vi.stubGlobal('fetch', fetched)
  const onChange = vi.fn()
  render(
    <TestApp>
      <SourceDoubt preview={preview as Preview} source={source} onChange={onChange} />
    </TestApp>,
  )
  await waitFor(() => expect(fetched).toHaveBeenCalled())
  await new Promise((done) => setTimeout(done))
  return onChange
}

it('asks where the export of another system would go into a shop, and leads back', async () => {
  const onChange = await show({ layout: 'fxiaoke_accounts' })
  await screen.findByText('imports.source.doubt')
  fireEvent.click(screen.getByRole('button', { name: 'imports.source.other' }))
  expect(onChange).toHaveBeenCalled()
})

it.each([
  ['files of its own', { layout: '' }, 'main'],
  ['a file like the last one of the source', { layout: 'fxiaoke_accounts', saved: true }, 'main'],
  ['a source that is made for it', { layout: 'fxiaoke_accounts' }, 'crm'],
  // The texts are their keys here.
  ['a source of that name', { layout: 'x' }, 'main', '我们的 import.layout.x'],
])('does not ask for %s', async (_, preview, source, name = undefined) => {
  await show(preview, source, name)
  expect(screen.queryByText('imports.source.doubt')).toBeNull()
})
