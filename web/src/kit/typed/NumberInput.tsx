import { InputNumber, type InputNumberProps } from 'antd'
import { type ComponentRef, type KeyboardEvent, useCallback, useId, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { readNumber } from './read'
import { useTypedField } from './scope'
import styles from './typed.module.css'

/** What antd takes for no number, so that it changes nothing. */
const unreadable = '?'

type Value = string | number

/**
 * A number as people write it (see `readNumber`). What cannot be read stays
 * where it was typed and says how to write it; until then the form does not save.
 */
export function NumberInput<V extends Value = number>(
  props: Omit<InputNumberProps<V>, 'parser' | 'formatter' | 'changeOnBlur'>,
) {
  const { t } = useTranslation()
  const { onChange, onInput, onBlur, onKeyDown, suffix, precision } = props
  const unit = typeof suffix === 'string' ? suffix : ''
  const box = useRef<ComponentRef<typeof InputNumber>>(null)
  const note = useId()
  const [unread, setUnread] = useState(false)
  const [said, setSaid] = useState(false)
  // A new one shows the value again.
  const [nth, setNth] = useState(0)
  const judge = (text: string) => {
    const wrong = readNumber(text, unit) === undefined
    setUnread(wrong)
    if (!wrong) setSaid(false)
    return wrong
  }
  const text = () => box.current?.nativeElement?.querySelector('input')?.value ?? ''
  const say = () => {
    const wrong = judge(text())
    setSaid(wrong)
    return wrong
  }
  useTypedField({
    fault: say,
    focus: () => box.current?.focus(),
    forget: () => {
      if (!unread) return
      setUnread(false)
      setSaid(false)
      setNth((n) => n + 1)
    },
    unread,
  })
  const parser = useCallback(
    (typed: string | undefined) => (readNumber(typed ?? '', unit) ?? unreadable) as V,
    [unit],
  )
  const wrong = unread && said
  return (
    <>
      <InputNumber<V>
        {...props}
        key={nth}
        ref={box}
        parser={parser}
        status={wrong ? 'error' : props.status}
        {...(wrong && { 'aria-invalid': true, 'aria-describedby': note })}
        // Leaving the field would put the last number back.
        changeOnBlur={!unread}
        onChange={(value) => {
          setUnread(false)
          setSaid(false)
          onChange?.(value)
        }}
        onInput={(typed) => {
          judge(typed)
          onInput?.(typed)
        }}
        onBlur={(event) => {
          say()
          onBlur?.(event)
        }}
        onKeyDown={(event: KeyboardEvent<HTMLInputElement>) => {
          // Neither the field nor the form takes it: the one would drop the text, the other save without it.
          if (event.key === 'Enter' && !event.nativeEvent.isComposing && say()) {
            event.preventDefault()
            event.stopPropagation()
            return
          }
          onKeyDown?.(event)
        }}
      />
      {wrong && (
        <span id={note} className={styles.fault} role="alert">
          {t(precision === 0 ? 'ui_typed.whole' : 'ui_typed.number')}
        </span>
      )}
    </>
  )
}
