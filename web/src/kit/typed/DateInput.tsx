import { DatePicker } from 'antd'
import dayjs, { type Dayjs } from 'dayjs'
import {
  type ComponentProps,
  type ComponentRef,
  createContext,
  useContext,
  useId,
  useRef,
  useState,
} from 'react'
import { useTranslation } from 'react-i18next'
import { readDay, readMonth } from './read'
import { useTypedField } from './scope'
import styles from './typed.module.css'

const forms = { date: 'YYYY-MM-DD', month: 'YYYY-MM' }

interface Typing {
  /** What was typed and is not a value of the picker yet; null for nothing. */
  text: string | null
  type: (text: string) => void
  /** The field is left, or Enter pressed; gives whether that may count. */
  settle: () => boolean
}

const Context = createContext<Typing | null>(null)

/** The field of the picker: it keeps what is typed until it can be read, which the picker would not. */
function Text({ value, onBlur, onKeyDown, ...rest }: ComponentProps<'input'>) {
  const typing = useContext(Context)
  return (
    <input
      {...rest}
      value={typing?.text ?? value}
      onChange={(event) => typing?.type(event.target.value)}
      onBlur={(event) => {
        typing?.settle()
        onBlur?.(event)
      }}
      onKeyDown={(event) => {
        // Neither the picker nor the form takes it: what stands there is no day.
        if (event.key === 'Enter' && !event.nativeEvent.isComposing && !typing?.settle()) {
          event.preventDefault()
          event.stopPropagation()
          return
        }
        onKeyDown?.(event)
      }}
    />
  )
}

const components = { input: Text }

export interface DateInputProps {
  value?: Dayjs | null
  /** Called while it is typed, too, whenever the text is a day. */
  onChange?: (day: Dayjs | null) => void
  /** What is chosen; of a month it is the first day. A day where it is left out. */
  picker?: 'date' | 'month'
  /** Without it there is always a day. */
  allowClear?: boolean
  minDate?: Dayjs
  maxDate?: Dayjs
  disabled?: boolean
  autoFocus?: boolean
  className?: string
  id?: string
  placeholder?: string
  presets?: { label: string; value: Dayjs }[]
  size?: 'small'
  status?: 'error' | ''
  'aria-label'?: string
}

/**
 * A day, chosen or typed the way people write it (see `readDay`). What cannot be
 * read stays where it was typed and says how to write it; until then the form
 * does not save.
 */
export function DateInput({
  value,
  onChange,
  allowClear = true,
  minDate,
  maxDate,
  status,
  picker: unit = 'date',
  ...rest
}: DateInputProps) {
  const { t } = useTranslation()
  const form = forms[unit]
  const reading = unit === 'month' ? readMonth : readDay
  const picker = useRef<ComponentRef<typeof DatePicker>>(null)
  const note = useId()
  const [text, setText] = useState<string | null>(null)
  const [said, setSaid] = useState(false)
  const faultOf = (typed: string | null): string => {
    if (typed === null || typed.trim() === '') return ''
    const read = reading(typed)
    if (!read) return t(unit === 'month' ? 'ui_typed.month' : 'ui_typed.day')
    const day = dayjs(read)
    if (minDate && day.isBefore(minDate, unit)) {
      return t('ui_typed.day_early', { day: minDate.format(form) })
    }
    if (maxDate && day.isAfter(maxDate, unit)) {
      return t('ui_typed.day_late', { day: maxDate.format(form) })
    }
    return ''
  }
  const type = (typed: string) => {
    setText(typed)
    if (faultOf(typed)) return
    setSaid(false)
    const read = reading(typed)
    if (read) {
      if (!value?.isSame(read, unit)) onChange?.(dayjs(read))
    } else if (allowClear && value) onChange?.(null)
  }
  // What was read is shown as every day is.
  const settle = () => {
    const wrong = faultOf(text) !== ''
    setSaid(wrong)
    if (!wrong) setText(null)
    return !wrong
  }
  useTypedField({
    fault: () => !settle(),
    focus: () => picker.current?.focus(),
    forget: () => {
      setText(null)
      setSaid(false)
    },
    unread: faultOf(text) !== '',
  })
  const fault = said ? faultOf(text) : ''
  return (
    <Context value={{ text, type, settle }}>
      <DatePicker
        {...rest}
        ref={picker}
        components={components}
        picker={unit}
        format={form}
        allowClear={allowClear}
        minDate={minDate}
        maxDate={maxDate}
        value={value ?? null}
        onChange={(day) => {
          setText(null)
          setSaid(false)
          onChange?.(day as Dayjs | null)
        }}
        status={fault ? 'error' : status}
        {...(fault && { 'aria-invalid': true, 'aria-describedby': note })}
      />
      {fault && (
        <span id={note} className={styles.fault} role="alert">
          {fault}
        </span>
      )}
    </Context>
  )
}
