import type { DragEvent, PointerEvent } from 'react'
import styles from './builder.module.css'
import type { Builder } from './context'
import { mayMove, stays } from './limits'

const eq = (a: readonly number[] | null, b: readonly number[]) =>
  a !== null && a.length === b.length && a.every((n, i) => n === b[i])

/**
 * What makes the row at a path one to drag by its grip, and to drop before or
 * behind. The keyboard and the finger move through the row's menu.
 */
export function dropProps(b: Builder, path: readonly number[]) {
  const { drag, root, limits } = b
  const next = [...path.slice(0, -1), (path.at(-1) ?? 0) + 1]
  const allowed = (to: readonly number[]) =>
    drag.from !== null && !stays(drag.from, to) && mayMove(root, drag.from, to, limits)
  return {
    className: [
      eq(drag.from, path) ? styles.dragged : '',
      eq(drag.over, path) ? styles.before : '',
      eq(drag.over, next) ? styles.after : '',
    ].join(' '),
    onPointerDown: (event: PointerEvent<HTMLElement>) => {
      const grip = (event.target as Element).closest('[data-grip]')
      // Only the row of the grip, not the groups around it.
      if (grip && grip.closest('[data-condition]') === event.currentTarget)
        event.currentTarget.draggable = true
    },
    onPointerUp: (event: PointerEvent<HTMLElement>) => {
      event.currentTarget.draggable = false
    },
    onDragStart: (event: DragEvent<HTMLElement>) => {
      if (event.target !== event.currentTarget) return
      event.stopPropagation()
      event.dataTransfer.effectAllowed = 'move'
      event.dataTransfer.setData('text/plain', '')
      drag.begin(path)
    },
    onDragOver: (event: DragEvent<HTMLElement>) => {
      if (drag.from === null) return
      event.stopPropagation()
      const box = event.currentTarget.getBoundingClientRect()
      const to = event.clientY < box.top + box.height / 2 ? [...path] : next
      if (!allowed(to)) {
        if (drag.over) drag.hover(null)
        return
      }
      event.preventDefault()
      event.dataTransfer.dropEffect = 'move'
      if (!eq(drag.over, to)) drag.hover(to)
    },
    onDrop: (event: DragEvent<HTMLElement>) => {
      event.preventDefault()
      event.stopPropagation()
      drag.drop()
    },
    onDragEnd: (event: DragEvent<HTMLElement>) => {
      event.currentTarget.draggable = false
      drag.begin(null)
    },
  }
}

/** The end of a group takes what is dropped on its foot. */
export function footProps(b: Builder, path: readonly number[], length: number) {
  const { drag, root, limits } = b
  const to = [...path, length]
  return {
    className: eq(drag.over, to) ? styles.before : '',
    onDragOver: (event: DragEvent<HTMLElement>) => {
      if (drag.from === null) return
      event.stopPropagation()
      if (stays(drag.from, to) || !mayMove(root, drag.from, to, limits)) return
      event.preventDefault()
      if (!eq(drag.over, to)) drag.hover(to)
    },
    onDrop: (event: DragEvent<HTMLElement>) => {
      event.preventDefault()
      event.stopPropagation()
      drag.drop()
    },
  }
}
