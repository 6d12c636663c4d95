import { cleanup, fireEvent, render, screen, waitFor, within } from '@testing-library/react'
import { afterEach, describe, expect, it, vi } from 'vitest'
import type { Session } from '@/api/types'
import { MeProvider } from '@/kit/session'
import { TestApp } from '@/test/app'
import type { Preview, Scheme, SchemeView } from '../api'
import SchemePage from './SchemePage'
import { rules as all } from './samples'

// Two rules are enough, and quick to draw.
const rules: Scheme = { ...all, rules: all.rules?.slice(0, 2) }

vi.stubGlobal('location', new URL('http://localhost/'))
window.scrollTo = () => {}

const view = (scheme: Scheme, version: number): SchemeView => ({
  scheme,
  version,
  created_by: 0,
  created_by_name: '',
  created_at: 0,
  shipped: true,
  default: true,
  last_run: null,
})
const session = (permissions: string[]) =>
  ({
    staff: { id: 1, name: '甲' },
    permissions,
    scope: 'all',
    company: { name: 'c', time_zone: 'Asia/Shanghai', currency: 'CNY' },
  }) as unknown as Session

/** A server that answers a save by `save`, and remembers what it was sent. */
function serve(save: (body: { scheme: Scheme; base_version: number }) => [number, unknown]) {
  const sent: { scheme: Scheme; base_version: number }[] = []
  vi.stubGlobal('fetch', async (request: Request) => {
    const path = new URL(request.url).pathname
    const json = (status: number, body: unknown) =>
      new Response(JSON.stringify(body), {
        status,
        headers: { 'Content-Type': 'application/json' },
      })
    if (path.endsWith('/dimensions')) return json(200, { items: [] })
    if (path.endsWith('/preview')) {
      const answer: Preview = {
        as_of: '2026-11-21',
        customers: 10,
        buyers: 8,
        revenue_fen: 1000,
        levels: [],
        thresholds: [123456, null, null, 1, 2, 4, 90],
        moves: null,
      }
      return json(200, answer)
    }
    if (request.method === 'PUT') {
      const body = await request.json()
      sent.push(body)
      const [status, answer] = save(body)
      return json(status, answer)
    }
    return json(200, view(rules, 3))
  })
  return sent
}

function open(permissions = ['tier.view', 'tier.scheme']) {
  render(
    <TestApp>
      <MeProvider session={session(permissions)}>
        <SchemePage />
      </MeProvider>
    </TestApp>,
  )
  return screen.findByLabelText('tiers.field.name')
}

afterEach(() => {
  cleanup()
  vi.unstubAllGlobals()
  vi.stubGlobal('location', new URL('http://localhost/'))
})

describe('scheme editor', { timeout: 20_000 }, () => {
  it('offers to save only what changed, and sends the version it is based on', async () => {
    const sent = serve((body) => [200, view(body.scheme, 4)])
    const name = await open()
    expect(screen.queryByText('tiers.editor.save_as')).toBeNull()
    fireEvent.change(name, { target: { value: '新名称' } })
    fireEvent.click(await screen.findByText('tiers.editor.save_as'))
    await waitFor(() => expect(sent).toHaveLength(1))
    expect(sent[0]).toEqual({ scheme: { ...rules, name: '新名称' }, base_version: 3 })
    await waitFor(() => expect(screen.queryByText('tiers.editor.save_as')).toBeNull())
  })

  it('has no tabs above a scheme that is not there', async () => {
    vi.stubGlobal('fetch', async () => {
      const problem = { title: 'T', status: 404, code: 'tier.no_such_scheme' }
      return new Response(JSON.stringify(problem), {
        status: 404,
        headers: { 'Content-Type': 'application/problem+json' },
      })
    })
    render(
      <TestApp>
        <MeProvider session={session(['tier.view'])}>
          <SchemePage />
        </MeProvider>
      </TestApp>,
    )
    await screen.findByText('ui.not_found.title')
    expect(screen.queryByText('tiers.scheme.content')).toBeNull()
    expect(screen.queryByText('tiers.scheme.versions')).toBeNull()
  })

  it('shows mistakes at their place and does not save them', async () => {
    serve(() => [500, {}])
    const name = await open()
    fireEvent.change(name, { target: { value: ' ' } })
    expect((await screen.findByText('tiers.check.name')).getAttribute('role')).toBe('alert')
    const save = screen.getByText('tiers.editor.save_as').closest('button')
    expect(save?.disabled).toBe(true)
  })

  it('puts what the server refuses at its field', async () => {
    serve(() => [
      422,
      {
        title: 'T',
        status: 422,
        code: 'tier.scheme_invalid',
        errors: [{ path: 'scheme.rules[0].all[0].value', code: 'tier.bad_value', message: '不对' }],
      },
    ])
    const name = await open()
    fireEvent.change(name, { target: { value: 'x' } })
    fireEvent.click(await screen.findByText('tiers.editor.save_as'))
    // Once in the summary above, once at the field.
    await waitFor(() => expect(screen.getAllByText('不对')).toHaveLength(2))
  })

  it('lets the person choose where somebody else saved first', async () => {
    const sent = serve((body) =>
      body.base_version === 3 && sent.length === 1
        ? [409, { title: 'T', status: 409, code: 'tier.scheme_changed' }]
        : [200, view(body.scheme, 5)],
    )
    const name = await open()
    fireEvent.change(name, { target: { value: '我的' } })
    fireEvent.click(await screen.findByText('tiers.editor.save_as'))
    fireEvent.click(await screen.findByText('tiers.editor.keep_mine'))
    await waitFor(() => expect(sent).toHaveLength(2))
    expect(sent[1]?.scheme.name).toBe('我的')
  })

  it('switches a condition off and says the rule without it', async () => {
    const sent = serve((body) => [200, view(body.scheme, 4)])
    await open()
    const first = screen.getAllByLabelText('tiers.editor.switch')[0] as HTMLElement
    expect(first.getAttribute('aria-checked')).toBe('true')
    fireEvent.click(first)
    fireEvent.click(await screen.findByText('tiers.editor.save_as'))
    await waitFor(() => expect(sent).toHaveLength(1))
    expect(sent[0]?.scheme.rules?.[0]?.all?.[0]).toEqual({
      ...rules.rules?.[0]?.all?.[0],
      off: true,
    })
  })

  it('moves rules by buttons', async () => {
    const sent = serve((body) => [200, view(body.scheme, 4)])
    await open()
    const heading = screen.getByText('tiers.editor.rules').closest('section') as HTMLElement
    const down = within(heading).getAllByLabelText('ui.move_down')
    if (down[0]) fireEvent.click(down[0])
    fireEvent.click(await screen.findByText('tiers.editor.save_as'))
    await waitFor(() => expect(sent).toHaveLength(1))
    expect(sent[0]?.scheme.rules?.map((r) => r.name)).toEqual(['稳定或好评', '三项俱高'])
  })

  it('shows what relative thresholds come to today', async () => {
    serve(() => [500, {}])
    await open()
    expect(await screen.findByText('tiers.editor.found', {}, { timeout: 3000 })).toBeTruthy()
  })

  it('is read only without the permission', async () => {
    serve(() => [500, {}])
    const name = (await open(['tier.view'])) as HTMLInputElement
    expect(name.disabled).toBe(true)
    expect(screen.getByText('tiers.editor.read_only')).toBeTruthy()
  })
})
