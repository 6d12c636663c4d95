import { Dropdown, Tooltip } from 'antd'
import { PanelLeftClose, PanelLeftOpen } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { Link, useLocation, useNavigate } from 'react-router'
import { useCompany } from '@/kit/session'
import { Mark } from './Mark'
import { belongs, isActive, type NavEntry } from './nav'
import { setPrefs } from './prefs'
import { prefetch } from './routes'
import styles from './shell.module.css'

/** The navigation on the left; the pages of the current entry stand below it. */
export function SideNav({
  entries,
  collapsed,
  fixed,
}: {
  entries: NavEntry[]
  collapsed: boolean
  /** Too little width to unfold. */
  fixed: boolean
}) {
  const { t } = useTranslation()
  const company = useCompany()
  const Fold = collapsed ? PanelLeftOpen : PanelLeftClose
  return (
    <aside className={`${styles.side} zk-noprint`}>
      <Link to="/" className={styles.brand} aria-label={t('common.app_name')}>
        <Mark />
        {!collapsed && (
          <span className={styles.brandText}>
            <strong>{t('common.app_name')}</strong>
            <span>{company.name}</span>
          </span>
        )}
      </Link>
      <nav aria-label={t('ui.navigation')} className={styles.nav}>
        <ul>
          {entries.map((entry) => (
            <Entry key={entry.label} entry={entry} collapsed={collapsed} />
          ))}
        </ul>
      </nav>
      {!fixed && (
        <button
          type="button"
          className={styles.fold}
          onClick={() => setPrefs({ navCollapsed: !collapsed })}
          aria-label={collapsed ? t('ui.nav.expand') : t('ui.nav.collapse')}
          aria-expanded={!collapsed}
        >
          <Fold size={18} strokeWidth={1.75} aria-hidden="true" />
          {!collapsed && <span>{t('ui.nav.collapse')}</span>}
        </button>
      )}
    </aside>
  )
}

function Entry({ entry, collapsed }: { entry: NavEntry; collapsed: boolean }) {
  const { t } = useTranslation()
  const { pathname } = useLocation()
  const navigate = useNavigate()
  const active = isActive(pathname, entry)
  const Icon = entry.icon
  const label = t(entry.label)
  const icon = <Icon size={18} strokeWidth={1.75} aria-hidden="true" />

  if (collapsed) {
    const face = `${styles.entry} ${active ? styles.entryActive : ''}`
    if (entry.children && entry.children.length > 1) {
      return (
        <li>
          <Dropdown
            trigger={['click']}
            placement="bottomLeft"
            menu={{
              selectedKeys: entry.children.filter((c) => belongs(pathname, c)).map((c) => c.path),
              items: entry.children.map((c) => ({ key: c.path, label: t(c.label) })),
              onClick: ({ key }) => navigate(key),
            }}
          >
            <button type="button" className={face} aria-label={label} title={label}>
              {icon}
            </button>
          </Dropdown>
        </li>
      )
    }
    return (
      <li>
        <Tooltip title={label} placement="right">
          <Link
            to={entry.path}
            className={face}
            aria-label={label}
            aria-current={active ? 'page' : undefined}
            onMouseEnter={() => prefetch(entry.path)}
          >
            {icon}
          </Link>
        </Tooltip>
      </li>
    )
  }

  const open = active && entry.children && entry.children.length > 1
  return (
    <li>
      <Link
        to={entry.path}
        className={`${styles.entry} ${active ? (open ? styles.entryOpen : styles.entryActive) : ''}`}
        aria-current={active && !open ? 'page' : undefined}
        onMouseEnter={() => prefetch(entry.path)}
        onFocus={() => prefetch(entry.path)}
      >
        {icon}
        <span>{label}</span>
      </Link>
      {open && (
        <ul className={styles.children}>
          {entry.children?.map((child) => {
            const here = belongs(pathname, child)
            return (
              <li key={child.path}>
                <Link
                  to={child.path}
                  className={`${styles.child} ${here ? styles.entryActive : ''}`}
                  aria-current={here ? 'page' : undefined}
                  onMouseEnter={() => prefetch(child.path)}
                  onFocus={() => prefetch(child.path)}
                >
                  {t(child.label)}
                </Link>
              </li>
            )
          })}
        </ul>
      )}
    </li>
  )
}
