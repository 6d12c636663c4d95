import { ChevronRight } from 'lucide-react'
import { type CSSProperties, type ReactNode, useEffect } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import styles from './page.module.css'

export interface PageTab {
  key: string
  label: ReactNode
  /** Address of the tab; tabs are pages of their own so that they can be linked to. */
  to: string
}

export interface PageHeaderProps {
  title: string
  /** One sentence: what the page is for. */
  purpose?: ReactNode
  /** The way here, outermost first, without the page itself. */
  trail?: { label: string; to: string }[]
  /** State or key facts beside the title. */
  badge?: ReactNode
  /** The primary action, and at most two more before it. */
  actions?: ReactNode
  tabs?: PageTab[]
  activeTab?: string
}

/** The head of every page: sets the document's title and moves focus for screen readers. */
export function PageHeader(props: PageHeaderProps) {
  const { t } = useTranslation()
  const { title, purpose, trail, badge, actions, tabs, activeTab } = props
  useEffect(() => {
    document.title = `${title} · ${t('common.app_name')}`
  }, [title, t])
  return (
    <header className={styles.header}>
      {trail && trail.length > 0 && (
        <nav aria-label={t('ui.trail')} className={styles.trail}>
          {trail.map((step) => (
            <span key={step.to}>
              <Link to={step.to}>{step.label}</Link>
              <ChevronRight size={14} aria-hidden="true" />
            </span>
          ))}
        </nav>
      )}
      <div className={styles.row}>
        <div className={styles.titles}>
          <div className={styles.titleLine}>
            <h1 className={styles.title}>{title}</h1>
            {badge}
          </div>
          {purpose && <p className={styles.purpose}>{purpose}</p>}
        </div>
        {actions && <div className={`${styles.actions} zk-noprint`}>{actions}</div>}
      </div>
      {tabs && (
        <nav className={`${styles.tabs} zk-noprint`} aria-label={title}>
          {tabs.map((tab) => (
            <Link
              key={tab.key}
              to={tab.to}
              className={styles.tab}
              aria-current={tab.key === activeTab ? 'page' : undefined}
              preventScrollReset
            >
              {tab.label}
            </Link>
          ))}
        </nav>
      )}
    </header>
  )
}

/** The body of a page: width and gaps. `narrow` for forms and reading. */
export function Page({ narrow, children }: { narrow?: boolean; children: ReactNode }) {
  return <div className={`${styles.page} ${narrow ? styles.narrow : ''}`}>{children}</div>
}

/** A group on a page: heading, what belongs to it on the right, content. `boxed` draws an edge. */
export function Section({
  title,
  note,
  extra,
  boxed,
  children,
}: {
  title?: ReactNode
  note?: ReactNode
  extra?: ReactNode
  boxed?: boolean
  children: ReactNode
}) {
  return (
    <section className={`${styles.section} ${boxed ? styles.boxed : ''}`}>
      {(title || extra) && (
        <div className={styles.sectionHead}>
          <div>
            {title && <h2 className={styles.sectionTitle}>{title}</h2>}
            {note && <p className={styles.sectionNote}>{note}</p>}
          </div>
          {extra && <div className={styles.actions}>{extra}</div>}
        </div>
      )}
      {children}
    </section>
  )
}

/**
 * Columns that become one on a phone, or two with `pair` (for short figures).
 * `min` is the least width of a column in px.
 */
export function Grid({
  min = 220,
  pair,
  children,
}: {
  min?: number
  pair?: boolean
  children: ReactNode
}) {
  return (
    <div
      className={`${styles.grid} ${pair ? styles.pair : ''}`}
      style={{ '--min': `${min}px` } as CSSProperties}
    >
      {children}
    </div>
  )
}

/** Names and values of one record; a `wide` one has a row of its own. Empty values show a dash. */
export function Facts({
  items,
  columns = 1,
}: {
  items: { label: ReactNode; value: ReactNode; key?: string; wide?: boolean }[]
  columns?: 1 | 2
}) {
  return (
    <dl className={`${styles.facts} ${columns === 2 ? styles.factsTwo : ''}`}>
      {items.map((item, i) => (
        <div
          key={item.key ?? (typeof item.label === 'string' ? item.label : i)}
          className={item.wide ? styles.factsWide : undefined}
        >
          <dt>{item.label}</dt>
          <dd>{item.value ?? <span className="zk-muted">–</span>}</dd>
        </div>
      ))}
    </dl>
  )
}
