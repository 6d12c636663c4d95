import { useEffect, useState } from 'react'

/** How long what was sealed stays in clear, in seconds. */
export const shownSeconds = 30

/**
 * What was revealed, in this component alone: gone after 30 s, with the page,
 * and when the tab is left. `left` counts the seconds down.
 */
export function useClear<T>() {
  const [clear, setClear] = useState<T | null>(null)
  const [left, setLeft] = useState(shownSeconds)
  useEffect(() => {
    if (clear === null) return
    const end = Date.now() + shownSeconds * 1000
    setLeft(shownSeconds)
    const timer = setInterval(() => {
      const seconds = Math.ceil((end - Date.now()) / 1000)
      if (seconds <= 0) setClear(null)
      else setLeft(seconds)
    }, 250)
    const away = () => document.visibilityState === 'hidden' && setClear(null)
    document.addEventListener('visibilitychange', away)
    return () => {
      clearInterval(timer)
      document.removeEventListener('visibilitychange', away)
    }
  }, [clear])
  return { clear, setClear, left }
}
