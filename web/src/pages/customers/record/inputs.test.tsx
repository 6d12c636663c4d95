import { cleanup, fireEvent, render, screen } from '@testing-library/react'
import { afterEach, expect, it, vi } from 'vitest'
import { TestApp } from '@/test/app'
import { BirthdayInput } from './inputs'

window.matchMedia ??= (() => ({
  matches: false,
  addEventListener: () => {},
  removeEventListener: () => {},
})) as never
afterEach(cleanup)

it.each(['1800', '2999'])('keeps the year %s as it was typed', (typed) => {
  const onChange = vi.fn()
  render(
    <TestApp>
      <BirthdayInput
        value={{ birthday: '1990-02-03', birthday_lunar: false }}
        onChange={onChange}
      />
    </TestApp>,
  )
  const year = screen.getByLabelText('record.birthday.year') as HTMLInputElement
  expect(year.value).toBe('1990')
  fireEvent.change(year, { target: { value: typed } })
  fireEvent.blur(year)
  expect(year.value).toBe(typed)
  expect(onChange).toHaveBeenLastCalledWith({ birthday: `${typed}-02-03`, birthday_lunar: false })
})
