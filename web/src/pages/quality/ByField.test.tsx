import { cleanup, render, screen } from '@testing-library/react'
import { afterEach, expect, it, vi } from 'vitest'
import type { Session } from '@/api/types'
import { MeProvider } from '@/kit/session'
import { TestApp } from '@/test/app'
import { ByField } from './ByField'

vi.mock('react-i18next', () => {
  const t = (key: string, params?: object) => (params ? `${key} ${JSON.stringify(params)}` : key)
  return {
    useTranslation: () => ({ t, i18n: { language: 'zh-CN' } }),
    initReactI18next: { type: '3rdParty', init: () => {} },
  }
})
vi.stubGlobal('location', new URL('http://localhost/'))
afterEach(cleanup)

const field = (id: number, code: string, bounds: object, retired = false) => ({
  id,
  code,
  kind: 'number',
  scale: 0,
  name: { zh: code },
  unit: '',
  options: [],
  retired,
  bounds,
})

it('says the bounds of each field and how many lie outside, where that is told', async () => {
  const asked: unknown[] = []
  vi.stubGlobal('fetch', async (request: Request) => {
    const json = (status: number, body: unknown) =>
      new Response(JSON.stringify(body), {
        status,
        headers: { 'Content-Type': 'application/json' },
      })
    if (request.url.endsWith('/custom-fields')) {
      const items = [
        field(1, 'kids', { least: 0, greatest: 10 }),
        field(2, 'cups', { greatest: 9 }),
        field(3, 'free', {}),
        field(4, 'old', { least: 1 }, true),
      ]
      return json(200, { items })
    }
    const { filter } = await request.json()
    asked.push(filter)
    if (filter.any[0].field === 'f.cups') return json(500, { status: 500, code: 'internal' })
    return json(200, { items: [], next_cursor: null, total: 3 })
  })
  const session = {
    staff: { id: 1, name: '甲' },
    permissions: [],
    scope: 'all',
    fields: {},
    company: { name: 'c', time_zone: 'Asia/Shanghai', currency: 'CNY' },
  } as unknown as Session
  render(
    <TestApp>
      <MeProvider session={session}>
        <ByField />
      </MeProvider>
    </TestApp>,
  )
  const told = await screen.findByText(/of_field_count .*"field":"kids".*"count":3/)
  expect(told.textContent).toContain('field.bounds ')
  expect(told.getAttribute('href')).toContain('%22lt%22')
  const silent = screen.getByText(/of_field .*"field":"cups"/)
  expect(silent.textContent).toContain('field.bounds_greatest')
  expect(screen.getAllByRole('link')).toHaveLength(2)
  expect(asked).toContainEqual({
    any: [
      { field: 'f.kids', op: 'lt', value: 0 },
      { field: 'f.kids', op: 'gt', value: 10 },
    ],
  })
})
