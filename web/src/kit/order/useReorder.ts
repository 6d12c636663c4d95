import { type DragEvent, type PointerEvent, useRef, useState } from 'react'
import { moved } from './moved'

/**
 * Dragging rows of a list by a `Grip`: only a press on it makes the row one to drag.
 * The keyboard and the finger have `MoveButtons` for the same. `move` is called while
 * dragging, so that the list shows what will be; `end` when the row is let go, with
 * whether that was over a row of the list.
 */
export function useReorder(
  move: (from: number, to: number) => void,
  end?: (dropped: boolean) => void,
) {
  const [armed, setArmed] = useState<number | null>(null)
  const [dragged, setDragged] = useState<number | null>(null)
  const dropped = useRef(false)
  return {
    dragged,
    /** Props of the row at a place. */
    row: (at: number) => ({
      draggable: armed === at,
      onPointerDown: (event: PointerEvent) => {
        if ((event.target as Element).closest('[data-grip]')) setArmed(at)
      },
      onPointerUp: () => setArmed(null),
      onDragStart: (event: DragEvent) => {
        event.dataTransfer.effectAllowed = 'move'
        event.dataTransfer.setData('text/plain', String(at))
        dropped.current = false
        setDragged(at)
      },
      onDragEnter: (event: DragEvent) => {
        if (dragged === null) return
        event.preventDefault()
        if (dragged === at) return
        move(dragged, at)
        setDragged(at)
        // The row is drawn at its new place: there it is still the one that is held.
        setArmed(at)
      },
      onDragOver: (event: DragEvent) => {
        if (dragged === null) return
        event.preventDefault()
        event.dataTransfer.dropEffect = 'move'
      },
      onDrop: (event: DragEvent) => {
        event.preventDefault()
        dropped.current = true
      },
      // Comes after the drop, and also when the row was let go elsewhere or Escape was pressed.
      onDragEnd: () => {
        setArmed(null)
        setDragged(null)
        end?.(dropped.current)
      },
    }),
  }
}

/**
 * The same for a list that is saved at once: while a row is dragged `items` shows it at
 * its new place; `commit` is called when it is let go there, never on the way.
 */
export function useSavedOrder<T>(items: T[], commit: (from: number, to: number) => void) {
  const [way, setWay] = useState<{ from: number; to: number } | null>(null)
  const reorder = useReorder(
    (from, to) => setWay((before) => ({ from: before?.from ?? from, to })),
    (dropped) => {
      setWay(null)
      if (dropped && way && way.from !== way.to) commit(way.from, way.to)
    },
  )
  return { items: way ? moved(items, way.from, way.to) : items, ...reorder }
}
