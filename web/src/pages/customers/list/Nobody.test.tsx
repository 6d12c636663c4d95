import { cleanup, render, screen } from '@testing-library/react'
import { afterEach, expect, it, vi } from 'vitest'
import type { Session } from '@/api/types'
import { MeProvider } from '@/kit/session'
import { TestApp } from '@/test/app'
import { Nobody } from './Nobody'

vi.stubGlobal('location', new URL('http://localhost/'))
afterEach(cleanup)

function show(scope: string, permissions: string[]) {
  const session = {
    staff: { id: 1, name: '甲' },
    permissions,
    scope,
    fields: {},
    company: { name: 'c', time_zone: 'Asia/Shanghai', currency: 'CNY' },
  } as unknown as Session
  render(
    <TestApp>
      <MeProvider session={session}>
        <Nobody />
      </MeProvider>
    </TestApp>,
  )
}

it('tells who sees everybody to import', () => {
  show('all', ['import.run'])
  screen.getByText('customers.first.title')
  expect(screen.getByText('customers.import').closest('a')?.getAttribute('href')).toBe(
    '/imports/new',
  )
})

it('does not tell who sees some only that the company has none', () => {
  show('department', ['customer.pool', 'customer.create'])
  screen.getByText('customers.nobody.pool')
  expect(screen.queryByText('customers.first.title')).toBeNull()
  expect(screen.getByText('nav.customers.pool').closest('a')?.getAttribute('href')).toBe('/pool')
  cleanup()
  show('own', [])
  screen.getByText('customers.nobody.text')
  expect(screen.queryByText('nav.customers.pool')).toBeNull()
})
