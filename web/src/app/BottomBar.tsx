import { Drawer } from 'antd'
import { Ellipsis } from 'lucide-react'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Link, useLocation } from 'react-router'
import styles from './bottombar.module.css'
import { belongs, isActive, type NavEntry } from './nav'

/** The phone's navigation: four entries within the thumb's reach, and the rest behind the fifth. */
export function BottomBar({ entries }: { entries: NavEntry[] }) {
  const { t } = useTranslation()
  const { pathname } = useLocation()
  const [more, setMore] = useState(false)
  const bar = entries.filter((e) => e.phone).slice(0, 4)
  const inBar = bar.some((e) => isActive(pathname, e))

  // biome-ignore lint/correctness/useExhaustiveDependencies: another page closes the sheet
  useEffect(() => setMore(false), [pathname])

  return (
    <>
      <nav className={`${styles.bottom} zk-noprint`} aria-label={t('ui.navigation')}>
        {bar.map((entry) => {
          const active = isActive(pathname, entry)
          const Icon = entry.icon
          return (
            <Link
              key={entry.label}
              to={entry.path}
              className={`${styles.tab} ${active ? styles.tabActive : ''}`}
              aria-current={active ? 'page' : undefined}
            >
              <Icon size={21} strokeWidth={1.75} aria-hidden="true" />
              <span>{t(entry.label)}</span>
            </Link>
          )
        })}
        <button
          type="button"
          className={`${styles.tab} ${inBar ? '' : styles.tabActive}`}
          onClick={() => setMore(true)}
          aria-haspopup="dialog"
          aria-expanded={more}
        >
          <Ellipsis size={21} strokeWidth={1.75} aria-hidden="true" />
          <span>{t('nav.more')}</span>
        </button>
      </nav>
      <Drawer
        open={more}
        onClose={() => setMore(false)}
        placement="bottom"
        size="auto"
        title={t('nav.more')}
        destroyOnHidden
      >
        <nav aria-label={t('nav.more')} className={styles.sheet}>
          {entries.map((entry) => (
            <div key={entry.label}>
              <div className={styles.sheetTitle}>{t(entry.label)}</div>
              <div className={styles.sheetItems}>
                {(entry.children ?? [entry]).map((item) => (
                  <Link
                    key={item.path}
                    to={item.path}
                    aria-current={belongs(pathname, item) ? 'page' : undefined}
                  >
                    {t(item.label)}
                  </Link>
                ))}
              </div>
            </div>
          ))}
        </nav>
      </Drawer>
    </>
  )
}
