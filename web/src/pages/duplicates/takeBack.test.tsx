import { cleanup, fireEvent, render, screen, waitFor } from '@testing-library/react'
import { afterEach, expect, it, vi } from 'vitest'
import { useSay } from '@/kit'
import { TestApp } from '@/test/app'
import { useTakeBack } from './takeBack'

vi.stubGlobal('location', new URL('http://localhost/'))
afterEach(cleanup)

const json = (status: number, body: unknown) =>
  new Response(JSON.stringify(body), {
    status,
    headers: { 'Content-Type': status < 400 ? 'application/json' : 'application/problem+json' },
  })

function Merged({ after }: { after: () => void }) {
  const { done } = useSay()
  const takeBack = useTakeBack()
  return (
    <button type="button" onClick={() => done('merged', () => takeBack(7, '张三', after))}>
      merge
    </button>
  )
}

it('asks behind the undo of a notice what becomes of a later edit, and undoes with it', async () => {
  const bodies: unknown[] = []
  vi.stubGlobal(
    'fetch',
    vi.fn(async (request: Request) => {
      const body = await request.json()
      bodies.push(body)
      if (body.keep_edited) return json(200, { id: 7 })
      return json(409, {
        code: 'duplicate.edited_since',
        title: 'x',
        status: 409,
        detail: 'edited',
        errors: [{ path: 'region', code: 'duplicate.edited_since', message: 'edited' }],
      })
    }),
  )
  const after = vi.fn()
  render(
    <TestApp>
      <Merged after={after} />
    </TestApp>,
  )
  fireEvent.click(screen.getByText('merge'))
  fireEvent.click(await screen.findByRole('button', { name: 'common.undo' }))
  fireEvent.click(await screen.findByRole('button', { name: 'duplicates.edited.act' }))
  await waitFor(() => expect(after).toHaveBeenCalledTimes(1))
  expect(bodies).toEqual([{ keep_edited: false }, { keep_edited: true }])
  // Nothing was undone before the answer, so nothing said so.
  expect(screen.queryByText('ui.undone')).toBeNull()
})
