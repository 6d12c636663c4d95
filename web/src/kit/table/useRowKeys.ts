import { useEffect, useRef, useState } from 'react'
import type { RowKey } from './types'

/** Whether a key press belongs to what is focused: a field, a menu, an open dialog. */
export function keyIsTaken(target: EventTarget | null): boolean {
  if (!(target instanceof Element)) return false
  if (
    target.closest('input,textarea,select,[contenteditable="true"],[role="menu"],[role="listbox"]')
  )
    return true
  return document.querySelector('[role="dialog"]:not([aria-hidden="true"])') !== null
}

/**
 * j and k move through the rows, Enter opens, x chooses, / goes to the search
 * field. Nothing happens while somebody types or a dialog is open.
 */
export function useRowKeys({
  enabled,
  keys,
  box,
  onToggle,
  onMore,
}: {
  enabled: boolean
  keys: RowKey[]
  box: React.RefObject<HTMLElement | null>
  onToggle?: (key: RowKey) => void
  /** Further keys for the current row; true where the key was used. */
  onMore?: (pressed: string, key: RowKey) => boolean
}): RowKey | null {
  const [active, setActive] = useState<RowKey | null>(null)
  // A row that was dealt with leaves the list: the one that moved up is next.
  const place = useRef(0)
  const found = active === null ? -1 : keys.indexOf(active)
  if (found >= 0) place.current = found
  const next = Math.min(place.current, keys.length - 1)
  const current = active === null ? null : (keys[found >= 0 ? found : next] ?? null)

  useEffect(() => {
    if (!enabled) return
    const onKey = (event: KeyboardEvent) => {
      if (event.metaKey || event.ctrlKey || event.altKey || keyIsTaken(event.target)) return
      const at = current === null ? -1 : keys.indexOf(current)
      const row = (key: RowKey) =>
        box.current?.querySelector(`[data-row="${CSS.escape(String(key))}"]`)
      if (event.key === 'j' || event.key === 'k') {
        const to = keys[event.key === 'j' ? Math.min(at + 1, keys.length - 1) : Math.max(at - 1, 0)]
        if (to === undefined) return
        setActive(to)
        row(to)?.scrollIntoView({ block: 'nearest' })
      } else if (event.key === 'Enter' && current !== null) {
        // A focused link or button keeps its own Enter.
        if ((event.target as Element).closest('a,button')) return
        row(current)?.querySelector<HTMLElement>('[data-opener]')?.click()
      } else if (event.key === 'x' && current !== null && onToggle) {
        onToggle(current)
      } else if (event.key === '/') {
        box.current?.querySelector<HTMLInputElement>('input[data-search]')?.focus()
      } else if (current === null || !onMore?.(event.key, current)) return
      event.preventDefault()
    }
    document.addEventListener('keydown', onKey)
    return () => document.removeEventListener('keydown', onKey)
  }, [enabled, keys, current, box, onToggle, onMore])

  return current
}
