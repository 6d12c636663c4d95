import { cleanup, fireEvent, render, screen } from '@testing-library/react'
import { afterEach, expect, it } from 'vitest'
import { ApiError } from '@/api/errors'
import { TestApp } from '@/test/app'
import { useSay } from './confirm'

afterEach(cleanup)

function Failing() {
  const { fail } = useSay()
  const error = new ApiError({
    status: 409,
    code: 'customer.pool_limit',
    title: '发生冲突',
    detail: '名下客户已达上限 2 位',
    request_id: 'e91d',
  })
  return (
    <button type="button" onClick={() => fail(error)}>
      go
    </button>
  )
}

it('says what is wrong as a sentence of its own, and the code below it', async () => {
  render(
    <TestApp>
      <Failing />
    </TestApp>,
  )
  fireEvent.click(screen.getByText('go'))
  // Matches the whole text of one element.
  await screen.findByText('名下客户已达上限 2 位')
  const ref = screen.getByText('common.error_code · ui.error.request')
  expect(ref.tagName).toBe('SMALL')
})
