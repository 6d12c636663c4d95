import { cleanup, fireEvent, render, screen, waitFor } from '@testing-library/react'
import { afterEach, describe, expect, it, vi } from 'vitest'
import type { Session } from '@/api/types'
import { MeProvider } from '@/kit/session'
import { TestApp } from '@/test/app'
import type { Import } from './api'
import { Rejects } from './Rejects'
import { Result } from './Result'

vi.stubGlobal('location', new URL('http://localhost/'))
afterEach(cleanup)

const failed = {
  id: 12,
  kind: 'orders',
  source_code: 'tmall',
  status: 'failed',
  dry_run: false,
  rows_total: 30,
  rows_read: 30,
  accepted: 18,
  rejected: 12,
  unchanged: 0,
  reasons: [
    { code: 'clean.phone_short', text: '手机号位数不够', rows: 10 },
    { code: 'import.no_date', text: '没有日期', rows: 2 },
  ],
  counts: { tags_left_out: 0, alike: 0, compared: 0 },
  left_tags: [],
  alike: [],
  rounding: {},
  upload_id: 77,
  error_code: 'import.disk',
  error_detail: '磁盘满了',
} as unknown as Import

const show = (page: React.ReactNode, permissions = ['import.view', 'import.run']) =>
  render(
    <TestApp>
      <MeProvider
        session={
          {
            staff: { id: 1, name: '甲' },
            permissions,
            company: { name: 'c', time_zone: 'Asia/Shanghai', currency: 'CNY' },
          } as unknown as Session
        }
      >
        {page}
      </MeProvider>
    </TestApp>,
  )

describe('an import that failed', () => {
  it('is tried again from its upload, with its settings', () => {
    vi.stubGlobal('fetch', () => new Promise(() => {}))
    show(<Result of={{ ...failed, rejected: 0, reasons: [] }} />)
    const link = screen.getByRole('link', { name: /imports.again.retry|核对设置后重试/ })
    const query = new URL(link.getAttribute('href') ?? '', 'http://localhost').searchParams
    expect(Object.fromEntries(query)).toEqual({
      upload: '77',
      kind: 'orders',
      source: 'tmall',
      from: '12',
    })
  })

  it('is not, where the upload is gone or the person may not import', () => {
    vi.stubGlobal('fetch', () => new Promise(() => {}))
    const rest = { ...failed, rejected: 0, reasons: [] }
    show(<Result of={{ ...rest, upload_id: null }} />)
    show(<Result of={rest} />, ['import.view'])
    expect(screen.queryByRole('link', { name: /imports.again|重试/ })).toBeNull()
  })
})

describe('refused rows', () => {
  it('are asked for by the chosen reason', async () => {
    const asked: (string | null)[] = []
    vi.stubGlobal('fetch', async (request: Request) => {
      asked.push(new URL(request.url).searchParams.get('code'))
      return new Response(JSON.stringify({ items: [], next_cursor: null, total: 0 }), {
        headers: { 'Content-Type': 'application/json' },
      })
    })
    show(<Rejects of={failed} />)
    await waitFor(() => expect(asked).toEqual([null]))
    fireEvent.mouseDown(screen.getByRole('combobox', { name: /imports.rejects.reason|按原因筛选/ }))
    fireEvent.click(await screen.findByText('没有日期 (2)'))
    await waitFor(() => expect(asked.at(-1)).toBe('import.no_date'))
  })
})
