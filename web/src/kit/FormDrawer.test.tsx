import { cleanup, fireEvent, render, screen, waitFor } from '@testing-library/react'
import { Form, Input } from 'antd'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { ApiError } from '@/api/errors'
import { TestApp } from '@/test/app'
import { FormDrawer, fieldPath } from './FormDrawer'

beforeEach(() => vi.stubGlobal('scrollTo', () => {}))
afterEach(cleanup)

it.each([
  ['login', ['login']],
  ['body.login', ['login']],
  ['rows[3].phone', ['rows', 3, 'phone']],
])('path %s', (path, want) => expect(fieldPath(path)).toEqual(want))

function Case({ onSubmit, onClose }: { onSubmit: () => Promise<unknown>; onClose: () => void }) {
  return (
    <TestApp>
      <FormDrawer<{ login: string }>
        open
        title="New"
        initial={{ login: 'wang' }}
        onClose={onClose}
        onSubmit={onSubmit}
      >
        <Form.Item name="login" label="Login">
          <Input />
        </Form.Item>
      </FormDrawer>
    </TestApp>
  )
}

describe('FormDrawer', () => {
  it('puts field errors at their fields and the rest on top', async () => {
    const onSubmit = vi.fn().mockRejectedValue(
      new ApiError({
        status: 422,
        code: 'invalid',
        title: 'Wrong input',
        detail: 'Correct what is marked',
        errors: [
          { path: 'login', code: 'taken', message: 'Login is taken' },
          { path: 'elsewhere', code: 'x', message: 'Something else' },
        ],
      }),
    )
    render(<Case onSubmit={onSubmit} onClose={() => {}} />)
    fireEvent.click(screen.getByText('common.save'))
    expect(await screen.findByText('Login is taken')).toBeTruthy()
    expect(screen.getByText('Something else')).toBeTruthy()
    expect(screen.queryAllByText('Login is taken')).toHaveLength(1)
  })

  it('does not lose unsaved changes silently', async () => {
    const onClose = vi.fn()
    render(<Case onSubmit={async () => {}} onClose={onClose} />)
    fireEvent.change(screen.getByLabelText(/Login/), { target: { value: 'li' } })
    fireEvent.click(screen.getByText('common.cancel'))
    expect(onClose).not.toHaveBeenCalled()
    fireEvent.click(screen.getByText('ui.form.discard'))
    await waitFor(() => expect(onClose).toHaveBeenCalledOnce())
  })

  it('closes at once where nothing was changed', () => {
    const onClose = vi.fn()
    render(<Case onSubmit={async () => {}} onClose={onClose} />)
    fireEvent.click(screen.getByText('common.cancel'))
    expect(onClose).toHaveBeenCalledOnce()
  })
})
