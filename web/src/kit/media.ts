import { useCallback, useSyncExternalStore } from 'react'
import { phoneWidth } from '@/theme/tokens'

/** Whether a media query holds now; follows changes. */
export function useMedia(query: string): boolean {
  const subscribe = useCallback(
    (tell: () => void) => {
      const list = window.matchMedia(query)
      list.addEventListener('change', tell)
      return () => list.removeEventListener('change', tell)
    },
    [query],
  )
  return useSyncExternalStore(subscribe, () => window.matchMedia(query).matches)
}

/** Whether the phone layout applies (narrower than 768 px). */
export const useIsPhone = () => useMedia(`(max-width: ${phoneWidth - 0.02}px)`)
