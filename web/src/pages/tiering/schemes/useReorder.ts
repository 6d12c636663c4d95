import { type DragEvent, type PointerEvent, useState } from 'react'

/**
 * Dragging rows of a list by a handle, an element with `data-handle`: only a press
 * on it makes the row one to drag. The keyboard has buttons for the same. `move` is
 * called while dragging, so that the list shows what will be.
 */
export function useReorder(move: (from: number, to: number) => void) {
  const [armed, setArmed] = useState<number | null>(null)
  const [dragged, setDragged] = useState<number | null>(null)
  const end = () => {
    setArmed(null)
    setDragged(null)
  }
  return {
    dragged,
    /** Props of the row at a place. */
    row: (at: number) => ({
      draggable: armed === at,
      onPointerDown: (event: PointerEvent) => {
        if ((event.target as Element).closest('[data-handle]')) setArmed(at)
      },
      onPointerUp: () => setArmed(null),
      onDragStart: (event: DragEvent) => {
        event.dataTransfer.effectAllowed = 'move'
        event.dataTransfer.setData('text/plain', String(at))
        setDragged(at)
      },
      onDragEnter: () => {
        if (dragged === null || dragged === at) return
        move(dragged, at)
        setDragged(at)
      },
      onDragOver: (event: DragEvent) => {
        if (dragged === null) return
        event.preventDefault()
        event.dataTransfer.dropEffect = 'move'
      },
      onDrop: (event: DragEvent) => {
        event.preventDefault()
        end()
      },
      onDragEnd: end,
    }),
  }
}
