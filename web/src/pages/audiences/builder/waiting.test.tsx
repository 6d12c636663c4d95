import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { cleanup, render, screen } from '@testing-library/react'
import { afterEach, expect, it, vi } from 'vitest'
import { ApiError } from '@/api/errors'
import { TestApp } from '@/test/app'
import Explain from '../Explain'
import { again, workedOut } from './api'
import { LivePanel } from './LivePanel'
import { fromNode } from './model'
import { useLive } from './useLive'

vi.mock('react-i18next', () => {
  const t = (key: string) => key
  return {
    useTranslation: () => ({ t, i18n: { language: 'zh-CN' } }),
    initReactI18next: { type: '3rdParty', init: () => {} },
  }
})
vi.setConfig({ testTimeout: 20_000 })
afterEach(cleanup)
window.matchMedia ??= (() => ({
  matches: false,
  addEventListener: () => {},
  removeEventListener: () => {},
})) as never

const working = { path: 'rule.field', code: 'rule.model_working', message: '正在计算' }
const wrong = { path: 'rule.value', code: 'list.bad_number', message: '不是数字' }
const refused = (...errors: (typeof working)[]) =>
  new ApiError({ status: 422, code: 'invalid', errors })

it('asks again by itself only where what is missing is being worked out', () => {
  expect(workedOut(refused(working))).toBe(true)
  expect(again(refused(working), 15_000)).toBe(2_000)
  for (const error of [refused(wrong), refused(working, wrong), refused(), new Error('x')]) {
    expect(again(error, 15_000)).toBe(false)
  }
  expect(again(null, 15_000)).toBe(15_000)
})

const rule = { field: 'city', op: 'empty' }

function Panel() {
  const root = fromNode(rule)
  const live = useLive(root, undefined, '2026-01-01')
  return (
    <>
      <LivePanel
        live={live}
        newest="2026-11-21"
        asOf="2026-01-01"
        onAsOf={() => {}}
        onExplain={() => {}}
        open={0}
      />
      <i data-testid="faults">{JSON.stringify([...live.faults.values()].flat())}</i>
    </>
  )
}

it('shows that it waits, and no error', async () => {
  const answer = () =>
    new Response(JSON.stringify({ code: 'invalid', status: 422, errors: [working] }), {
      status: 422,
      headers: { 'Content-Type': 'application/problem+json' },
    })
  vi.stubGlobal('fetch', () => Promise.resolve(answer()))
  render(
    <QueryClientProvider client={new QueryClient()}>
      <Panel />
    </QueryClientProvider>,
  )
  expect((await screen.findByText('正在计算')).tagName).toBe('OUTPUT')
  expect(screen.queryByText('ui_audience_builder.live.faulty')).toBeNull()
  const faults = JSON.parse(screen.getByTestId('faults').textContent ?? '')
  expect(faults).toEqual([{ rest: 'field', message: '正在计算', warning: true }])
})

it('explains a customer as soon as what is missing is there', async () => {
  let ready = false
  vi.stubGlobal('fetch', async (request: Request) => {
    if (!new URL(request.url).pathname.endsWith('/audiences/explain')) {
      return new Response('{"items":[]}', { headers: { 'Content-Type': 'application/json' } })
    }
    const tree = { kind: 'condition', path: 'rule', holds: true, sentence: '城市为空', text: '' }
    return ready
      ? new Response(
          JSON.stringify({
            customer_id: 7,
            name: '甲',
            holds: true,
            as_of: '2026-01-01',
            tree: { ...tree, children: [] },
          }),
          { headers: { 'Content-Type': 'application/json' } },
        )
      : new Response(JSON.stringify({ code: 'invalid', status: 422, errors: [working] }), {
          status: 422,
          headers: { 'Content-Type': 'application/problem+json' },
        })
  })
  render(
    <TestApp>
      <Explain rule={rule} asOf="2026-01-01" customerId={7} onClose={() => {}} />
    </TestApp>,
  )
  expect((await screen.findByText('正在计算')).tagName).toBe('OUTPUT')
  expect(screen.queryByRole('alert')).toBeNull()
  ready = true
  await screen.findByText('城市为空', {}, { timeout: 15_000 })
})
