import { act, cleanup, fireEvent, render, screen } from '@testing-library/react'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { ApiError } from '@/api/errors'
import { TestApp } from '@/test/app'
import { Hidden } from './Contacts'

const clear = '13800138000'

async function shown(ask: () => Promise<{ kind: string; text: string }>) {
  render(
    <TestApp>
      <Hidden label="phone" masked="138****8000" ask={ask} />
    </TestApp>,
  )
  await act(async () => {
    fireEvent.click(screen.getByRole('button'))
  })
}

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  cleanup()
  vi.useRealTimers()
})

describe('Hidden', () => {
  it('shows the clear text for 30 seconds, then the mask again', async () => {
    const ask = vi.fn(async () => ({ kind: 'phone', text: clear }))
    await shown(ask)
    expect(ask).toHaveBeenCalledOnce()
    expect(screen.getByText(clear)).toBeTruthy()
    expect(screen.queryByText('138****8000')).toBeNull()
    act(() => {
      vi.advanceTimersByTime(29_000)
    })
    expect(screen.getByText(clear)).toBeTruthy()
    act(() => {
      vi.advanceTimersByTime(1_300)
    })
    expect(screen.queryByText(clear)).toBeNull()
    expect(screen.getByText('138****8000')).toBeTruthy()
  })

  it('hides it when the tab is left', async () => {
    await shown(async () => ({ kind: 'phone', text: clear }))
    vi.spyOn(document, 'visibilityState', 'get').mockReturnValue('hidden')
    act(() => {
      document.dispatchEvent(new Event('visibilitychange'))
    })
    expect(screen.queryByText(clear)).toBeNull()
  })

  it('stays masked where the server refuses', async () => {
    await shown(async () => {
      throw new ApiError({ status: 403, code: 'forbidden' })
    })
    expect(screen.getByText('138****8000')).toBeTruthy()
    expect(screen.queryByText(clear)).toBeNull()
  })

  it('offers nothing without the right to see', () => {
    render(
      <TestApp>
        <Hidden label="phone" masked="138****8000" />
      </TestApp>,
    )
    expect(screen.queryByRole('button')).toBeNull()
  })
})
