import { type ReactNode, Suspense, useEffect, useMemo, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { ScrollRestoration, useLocation, useNavigation } from 'react-router'
import { late } from '@/kit/late'
import { useIsPhone, useMedia } from '@/kit/media'
import { useMe } from '@/kit/session'
import { keyIsTaken } from '@/kit/table/useRowKeys'
import { BottomBar } from './BottomBar'
import { nav, visibleNav } from './nav'
import { useOnline } from './online'
import { usePrefs } from './prefs'
import { pageExists } from './routes'
import { SideNav } from './SideNav'
import styles from './shell.module.css'
import { TopBar } from './TopBar'

const Palette = late(() => import('./Palette'), { over: true })
const Keys = late(() => import('./Keys'), { over: true })

/** Navigation, top bar and the page between them. */
export function Shell({ children }: { children: ReactNode }) {
  const { t } = useTranslation()
  const me = useMe()
  const phone = useIsPhone()
  const online = useOnline()
  const narrow = useMedia('(max-width: 1099.98px)')
  const collapsed = usePrefs().navCollapsed || narrow
  const { pathname } = useLocation()
  const moving = useNavigation().state !== 'idle'
  const main = useRef<HTMLElement>(null)
  const [palette, setPalette] = useState(false)
  const [keys, setKeys] = useState(false)
  const entries = useMemo(() => visibleNav(nav, pageExists, me.can), [me])

  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if ((event.metaKey || event.ctrlKey) && event.key.toLowerCase() === 'k') {
        event.preventDefault()
        setPalette(true)
      } else if (
        event.key === '?' &&
        !event.metaKey &&
        !event.ctrlKey &&
        !keyIsTaken(event.target)
      ) {
        event.preventDefault()
        setKeys(true)
      }
    }
    document.addEventListener('keydown', onKey)
    return () => document.removeEventListener('keydown', onKey)
  }, [])

  // A new page starts at its head, also for the keyboard and the screen reader.
  const before = useRef(pathname)
  useEffect(() => {
    if (before.current === pathname) return
    before.current = pathname
    main.current?.focus({ preventScroll: true })
  }, [pathname])

  return (
    <div className={`${styles.shell} ${collapsed ? styles.collapsed : ''}`}>
      <a href="#main" className={styles.skip}>
        {t('ui.skip')}
      </a>
      {!phone && <SideNav entries={entries} collapsed={collapsed} fixed={narrow} />}
      <div className={styles.column}>
        <TopBar onSearch={() => setPalette(true)} onKeys={() => setKeys(true)} />
        {moving && (
          <div className={styles.moving} role="progressbar" aria-label={t('common.loading')} />
        )}
        {!online && (
          <div className={styles.offline} role="status">
            {t('ui.offline_banner')}
          </div>
        )}
        <main id="main" ref={main} tabIndex={-1} className={styles.main}>
          {children}
        </main>
      </div>
      {phone && <BottomBar entries={entries} />}
      <ScrollRestoration />
      <Suspense>
        {palette && <Palette entries={entries} onClose={() => setPalette(false)} />}
        {keys && <Keys onClose={() => setKeys(false)} />}
      </Suspense>
    </div>
  )
}
