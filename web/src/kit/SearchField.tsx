import { Input } from 'antd'
import { Search } from 'lucide-react'
import { useEffect, useRef, useState } from 'react'
import styles from './search.module.css'

/** The field over a list that narrows it while one types. */
export function SearchField({
  value,
  placeholder,
  delay = 250,
  onChange,
}: {
  value: string
  /** Also its accessible name. */
  placeholder: string
  /** Milliseconds of rest before `onChange`; 0 where nothing is asked of the server. */
  delay?: number
  onChange: (text: string) => void
}) {
  const [text, setText] = useState(value)
  const sent = useRef(value)
  const tell = useRef(onChange)
  tell.current = onChange
  // The address changed from outside (back button, a view, "clear").
  useEffect(() => {
    if (value !== sent.current) {
      sent.current = value
      setText(value)
    }
  }, [value])
  useEffect(() => {
    if (text.trim() === sent.current) return
    const timer = setTimeout(() => {
      sent.current = text.trim()
      tell.current(sent.current)
    }, delay)
    return () => clearTimeout(timer)
  }, [text, delay])
  return (
    <Input
      className={styles.search}
      allowClear
      maxLength={100}
      data-search
      aria-label={placeholder}
      placeholder={placeholder}
      prefix={<Search size={15} aria-hidden="true" />}
      value={text}
      onChange={(event) => setText(event.target.value)}
      onKeyDown={(event) => {
        if (event.key === 'Escape') event.currentTarget.blur()
      }}
    />
  )
}
