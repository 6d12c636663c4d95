import { cleanup, fireEvent, render, screen, waitFor } from '@testing-library/react'
import { Form } from 'antd'
import dayjs, { type Dayjs } from 'dayjs'
import { useState } from 'react'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { TestApp } from '@/test/app'
import { FormDrawer } from '../FormDrawer'
import { DateInput } from './DateInput'
import { NumberInput } from './NumberInput'
import { RangeInput } from './RangeInput'
import { Typed, useTyped, useUnread } from './scope'

afterEach(cleanup)

/** What a person does: into the field, the text, out of it. */
function put(field: HTMLElement, text: string) {
  fireEvent.focus(field)
  fireEvent.change(field, { target: { value: text } })
  fireEvent.blur(field)
}

const text = (field: HTMLElement) => (field as HTMLInputElement).value

function Amount({ tell }: { tell: (n: number | null) => void }) {
  const [value, setValue] = useState<number | null>(7)
  return (
    <NumberInput
      aria-label="amount"
      value={value}
      precision={2}
      onChange={(n) => {
        setValue(n)
        tell(n)
      }}
    />
  )
}

function Birth({
  tell,
  start = '2020-02-02',
  clears = true,
}: {
  tell: (day: string | null) => void
  start?: string | null
  clears?: boolean
}) {
  const [value, setValue] = useState<Dayjs | null>(start ? dayjs(start) : null)
  return (
    <DateInput
      aria-label="birth"
      value={value}
      allowClear={clears}
      minDate={dayjs('2000-01-01')}
      onChange={(day) => {
        setValue(day)
        tell(day?.format('YYYY-MM-DD') ?? null)
      }}
    />
  )
}

const numberAndDay = (
  <>
    <Form.Item name="n" label="number">
      <NumberInput />
    </Form.Item>
    <Form.Item name="day" label="day">
      <DateInput />
    </Form.Item>
  </>
)

describe('a number that is typed', () => {
  it('is read as people write it', () => {
    const tell = vi.fn()
    render(<TestApp>{<Amount tell={tell} />}</TestApp>)
    const field = screen.getByLabelText('amount')
    put(field, '1,234.50元')
    expect(tell).toHaveBeenLastCalledWith(1234.5)
    expect(text(field)).toBe('1234.50')
    expect(screen.queryByRole('alert')).toBeNull()
  })

  it('stays and says how to write it where it cannot be read', () => {
    const tell = vi.fn()
    render(<TestApp>{<Amount tell={tell} />}</TestApp>)
    const field = screen.getByLabelText('amount')
    put(field, '12abc')
    expect(text(field)).toBe('12abc')
    expect(screen.getByRole('alert').textContent).toBe('ui_typed.number')
    expect(field.getAttribute('aria-invalid')).toBe('true')
    expect(tell).not.toHaveBeenCalled()
    fireEvent.keyDown(field, { key: 'Enter' })
    expect(text(field)).toBe('12abc')
    put(field, '12')
    expect(screen.queryByRole('alert')).toBeNull()
    expect(tell).toHaveBeenLastCalledWith(12)
    expect(text(field)).toBe('12.00')
  })
})

describe('a day that is typed', () => {
  it.each(['2026-1-5', '2026/01/05', '20260105', '2026年1月5日', '２０２６-01-05'])(
    '%s is read',
    (typed) => {
      const tell = vi.fn()
      render(<TestApp>{<Birth tell={tell} />}</TestApp>)
      const field = screen.getByLabelText('birth')
      put(field, typed)
      expect(tell).toHaveBeenLastCalledWith('2026-01-05')
      expect(text(field)).toBe('2026-01-05')
    },
  )

  it.each([
    ['2026-13-45', 'ui_typed.day'],
    ['1999-12-31', 'ui_typed.day_early'],
  ])('%s stays, and it says why', (typed, why) => {
    const tell = vi.fn()
    render(<TestApp>{<Birth tell={tell} />}</TestApp>)
    const field = screen.getByLabelText('birth')
    put(field, typed)
    expect(text(field)).toBe(typed)
    expect(screen.getByRole('alert').textContent).toBe(why)
    expect(tell).not.toHaveBeenCalled()
    put(field, '2026-1-5')
    expect(screen.queryByRole('alert')).toBeNull()
    expect(tell).toHaveBeenLastCalledWith('2026-01-05')
  })

  it('is emptied by emptying the field, where there may be none', () => {
    const tell = vi.fn()
    render(<TestApp>{<Birth tell={tell} />}</TestApp>)
    put(screen.getByLabelText('birth'), '')
    expect(tell).toHaveBeenLastCalledWith(null)
    cleanup()
    const always = vi.fn()
    render(<TestApp>{<Birth tell={always} clears={false} />}</TestApp>)
    put(screen.getByLabelText('birth'), '')
    expect(always).not.toHaveBeenCalled()
    expect(text(screen.getByLabelText('birth'))).toBe('2020-02-02')
  })
})

describe('a range that is typed', () => {
  function Months({ tell }: { tell: (v: { from: string; to: string }) => void }) {
    const [value, setValue] = useState({ from: '2025-03', to: '2026-02' })
    return (
      <RangeInput
        label="months"
        unit="month"
        value={value}
        max="2026-05-20"
        most={12}
        onChange={(v) => {
          setValue(v)
          tell(v)
        }}
      />
    )
  }

  it.each([
    ['from', 'x', 'ui_typed.month'],
    ['from', '2026年3月', 'ui_typed.day_late'],
    ['from', '2025-02', 'ui_typed.day_early'],
    ['to', '2026-13', 'ui_typed.month'],
    ['to', '2026-06', 'ui_typed.day_late'],
    ['to', '2025.02', 'ui_typed.day_early'],
  ])('%s %s stays, and it says why', (side, typed, why) => {
    const tell = vi.fn()
    render(<TestApp>{<Months tell={tell} />}</TestApp>)
    const field = screen.getByLabelText(`months ui_typed.${side}`)
    put(field, typed)
    expect(text(field)).toBe(typed)
    expect(screen.getByRole('alert').textContent).toBe(why)
    expect(tell).not.toHaveBeenCalled()
  })

  it('is read as people write it, and its start follows its end', () => {
    const tell = vi.fn()
    render(<TestApp>{<Months tell={tell} />}</TestApp>)
    put(screen.getByLabelText('months ui_typed.from'), '2025年12月')
    expect(tell).toHaveBeenLastCalledWith({ from: '2025-12', to: '2026-02' })
    put(screen.getByLabelText('months ui_typed.from'), '202503')
    put(screen.getByLabelText('months ui_typed.to'), '2026/5')
    expect(tell).toHaveBeenLastCalledWith({ from: '2025-06', to: '2026-05' })
    expect(text(screen.getByLabelText('months ui_typed.from'))).toBe('2025-06')
  })
})

describe('a form', () => {
  it('does not save what cannot be read', async () => {
    const save = vi.fn(async () => {})
    render(
      <TestApp>
        <FormDrawer<{ n: number; day: Dayjs | null }>
          open
          title="Form"
          initial={{ n: 1, day: null }}
          submitText="Save"
          onClose={() => {}}
          onSubmit={save}
        >
          {numberAndDay}
        </FormDrawer>
      </TestApp>,
    )
    const number = await screen.findByRole('spinbutton')
    const day = screen.getByLabelText(/^day/)
    fireEvent.change(number, { target: { value: 'x1' } })
    fireEvent.change(day, { target: { value: '2026-13-45' } })
    fireEvent.click(screen.getByRole('button', { name: 'Save' }))
    expect(await screen.findByText('ui_typed.number')).toBeTruthy()
    expect(screen.getByText('ui_typed.day')).toBeTruthy()
    expect(document.activeElement).toBe(number)
    put(number, '2')
    fireEvent.click(screen.getByRole('button', { name: 'Save' }))
    await waitFor(() => expect(document.activeElement).toBe(day))
    expect(save).not.toHaveBeenCalled()
    put(day, '2026/1/5')
    fireEvent.click(screen.getByRole('button', { name: 'Save' }))
    await waitFor(() => expect(save).toHaveBeenCalledTimes(1))
    const [values] = save.mock.calls[0] as unknown as [{ n: number; day: Dayjs }]
    expect([values.n, values.day.format('YYYY-MM-DD')]).toEqual([2, '2026-01-05'])
  })

  it('is changed by text that cannot be read, so that it is not lost silently', async () => {
    const close = vi.fn()
    render(
      <TestApp>
        <FormDrawer<{ n: number; day: Dayjs | null }>
          open
          title="Form"
          initial={{ n: 1, day: null }}
          onClose={close}
          onSubmit={async () => {}}
        >
          {numberAndDay}
        </FormDrawer>
      </TestApp>,
    )
    const day = await screen.findByLabelText(/^day/)
    put(day, '2026-13-45')
    fireEvent.click(screen.getByText('common.cancel'))
    expect(screen.getByText('ui.form.unsaved')).toBeTruthy()
    expect(close).not.toHaveBeenCalled()
    fireEvent.click(screen.getByText('ui.form.keep'))
    put(day, '')
    put(screen.getByRole('spinbutton'), '1x')
    fireEvent.click(screen.getByText('common.cancel'))
    expect(screen.getByText('ui.form.unsaved')).toBeTruthy()
    fireEvent.click(screen.getByText('ui.form.discard'))
    expect(close).toHaveBeenCalledTimes(1)
  })

  it('says so to a page, until the text is read, given up or gone', () => {
    function Own() {
      const typed = useTyped()
      const unread = useUnread(typed)
      const [there, setThere] = useState(true)
      return (
        <Typed fields={typed}>
          {there && <Amount tell={() => {}} />}
          <output>{unread ? 'changed' : 'same'}</output>
          <button type="button" onClick={() => typed.forget()}>
            discard
          </button>
          <button type="button" onClick={() => setThere(false)}>
            remove
          </button>
        </Typed>
      )
    }
    render(<TestApp>{<Own />}</TestApp>)
    const state = () => screen.getByRole('status').textContent
    const type = (typed: string) => put(screen.getByLabelText('amount'), typed)
    expect(state()).toBe('same')
    type('x')
    expect(state()).toBe('changed')
    type('8')
    expect(state()).toBe('same')
    type('x')
    fireEvent.click(screen.getByText('discard'))
    expect(state()).toBe('same')
    type('x')
    fireEvent.click(screen.getByText('remove'))
    expect(state()).toBe('same')
  })

  it('shows its values again when what was typed is given up', () => {
    function Own() {
      const typed = useTyped()
      return (
        <Typed fields={typed}>
          <Amount tell={() => {}} />
          <Birth tell={() => {}} />
          <button type="button" onClick={() => typed.forget()}>
            discard
          </button>
        </Typed>
      )
    }
    render(<TestApp>{<Own />}</TestApp>)
    put(screen.getByLabelText('amount'), '?')
    put(screen.getByLabelText('birth'), '?')
    expect(screen.getAllByRole('alert')).toHaveLength(2)
    fireEvent.click(screen.getByText('discard'))
    expect(screen.queryByRole('alert')).toBeNull()
    expect(text(screen.getByLabelText('amount'))).toBe('7.00')
    expect(text(screen.getByLabelText('birth'))).toBe('2020-02-02')
  })
})
