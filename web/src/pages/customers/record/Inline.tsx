import { Button } from 'antd'
import { Check, Pencil, X } from 'lucide-react'
import { type KeyboardEvent, type ReactNode, useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { asApiError } from '@/api/errors'
import { errorText, Typed, useMe, useTyped } from '@/kit'
import type { Patch } from './api'
import { changes, type Names } from './draft'
import { FieldHistory } from './FieldHistory'
import styles from './record.module.css'
import { useEditor } from './useEditor'

/** What an input in place is given. */
export interface Slot<V> {
  value: V
  onChange: (value: V) => void
  /** Saves this value at once: for choices of one. */
  commit: (value: V, names?: Names) => void
}

/**
 * A field that is read, and edited where it stands: a click or Enter opens it,
 * Enter or leaving it saves, Esc puts it back. What the server refuses opens it
 * again with what was typed and the reason.
 */
export function Inline<V>({
  label,
  shown,
  value,
  toPatch,
  names,
  input,
  may: permitted,
  access,
  history,
  long,
  wide,
}: {
  label: string
  shown: ReactNode
  value: V
  /** What is sent; undefined while the value is not complete. */
  toPatch: (value: V) => Patch | undefined
  names?: (value: V) => Names
  input: (slot: Slot<V>) => ReactNode
  may: boolean
  /** The field as roles restrict it: read-only or not there at all. */
  access?: string
  /** The key of its history, where it is not that of its access. */
  history?: string
  /** Enter makes a new line; ⌘/Ctrl + Enter saves. */
  long?: boolean
  wide?: boolean
}) {
  const { t } = useTranslation()
  const me = useMe()
  const may = permitted && (!access || me.edits(access))
  const { record, save } = useEditor()
  const [draft, setDraft] = useState<{ value: V } | null>(null)
  const [fault, setFault] = useState('')
  const [busy, setBusy] = useState(false)
  const box = useRef<HTMLDivElement>(null)
  const opener = useRef<HTMLButtonElement>(null)
  const latest = useRef(draft)
  latest.current = draft
  const back = useRef(false)
  const typed = useTyped()

  useEffect(() => {
    // The keyboard goes on where it was.
    if (draft === null && back.current) {
      back.current = false
      opener.current?.focus()
    }
  }, [draft])

  const close = (focus: boolean) => {
    back.current = focus
    setDraft(null)
    setFault('')
  }
  const commit = async (next: V, focus: boolean, more?: Names) => {
    if (!typed.readable(focus)) return
    const patch = toPatch(next)
    if (patch === undefined) {
      setFault(t('record.incomplete'))
      return
    }
    if (!changes(record, patch)) {
      close(focus)
      return
    }
    close(focus)
    setBusy(true)
    try {
      await save(patch, more ?? names?.(next))
    } catch (thrown) {
      const error = asApiError(thrown)
      const { title, text } = errorText(error, t)
      setDraft((now) => now ?? { value: next })
      setFault(error.fields.map((f) => f.message).join(' ') || [title, text].join(' '))
    } finally {
      setBusy(false)
    }
  }
  const keys = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing) return
    if (event.key === 'Escape') {
      event.stopPropagation()
      close(true)
    }
    if (event.key === 'Enter' && draft && (!long || event.metaKey || event.ctrlKey)) {
      // Enter in an open list chooses from it.
      if ((event.target as HTMLElement).getAttribute('aria-expanded') === 'true') return
      event.preventDefault()
      commit(draft.value, true)
    }
  }
  const left = () => {
    setTimeout(() => {
      const to = document.activeElement
      const now = latest.current
      if (!now || !box.current || box.current.contains(to)) return
      if (to?.closest('.ant-select-dropdown, .ant-cascader-dropdown, .ant-picker-dropdown')) return
      // A click on plain ground of the same popup leaves the body focused.
      if (toPatch(now.value) !== undefined) commit(now.value, false)
    }, 0)
  }
  if (access && me.hides(access)) return null
  return (
    <div className={`${styles.row} ${wide ? styles.rowWide : ''}`}>
      <dt>{label}</dt>
      <dd>
        {draft === null ? (
          <div className={styles.read}>
            {/* biome-ignore lint/a11y/noStaticElementInteractions: the button beside it is for the keyboard */}
            {/* biome-ignore lint/a11y/useKeyWithClickEvents: the button beside it is for the keyboard */}
            <div
              className={may ? styles.value : styles.valueRead}
              onClick={
                may
                  ? (event) => {
                      if (!(event.target as HTMLElement).closest('a')) setDraft({ value })
                    }
                  : undefined
              }
            >
              {shown}
              {busy && <span className={styles.saving}>{t('common.saving')}</span>}
            </div>
            {may && (
              <button
                ref={opener}
                type="button"
                className={styles.open}
                aria-label={t('record.edit_field', { field: label })}
                onClick={() => setDraft({ value })}
              >
                <Pencil size={13} aria-hidden="true" />
              </button>
            )}
            {(history ?? access) && <FieldHistory field={history ?? access ?? ''} label={label} />}
          </div>
        ) : (
          // biome-ignore lint/a11y/noStaticElementInteractions: keys of the input inside
          <div ref={box} className={styles.editing} onKeyDown={keys} onBlur={left}>
            <div className={styles.input}>
              <Typed fields={typed}>
                {input({
                  value: draft.value,
                  onChange: (next) => {
                    setFault('')
                    setDraft({ value: next })
                  },
                  commit: (next, more) => commit(next, true, more),
                })}
              </Typed>
            </div>
            <Button
              size="small"
              type="primary"
              icon={<Check size={14} />}
              aria-label={t('common.save')}
              onClick={() => commit(draft.value, true)}
            />
            <Button
              size="small"
              icon={<X size={14} />}
              aria-label={t('common.cancel')}
              onClick={() => close(true)}
            />
            {fault && (
              <div className={styles.fault} role="alert">
                {fault}
              </div>
            )}
          </div>
        )}
      </dd>
    </div>
  )
}
