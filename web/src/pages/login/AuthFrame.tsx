import { Button, Dropdown } from 'antd'
import { Languages } from 'lucide-react'
import { type ReactNode, useEffect } from 'react'
import { useTranslation } from 'react-i18next'
import { Mark } from '@/app/Mark'
import { chooseLanguage } from '@/app/TopBar'
import type { Lang } from '@/i18n'
import styles from './login.module.css'

/** The page around a sign-in form: what the product is on the left, the form on the right. */
export function AuthFrame({
  title,
  text,
  children,
}: {
  title: string
  text?: ReactNode
  children: ReactNode
}) {
  const { t, i18n } = useTranslation()
  useEffect(() => {
    document.title = `${title} · ${t('common.app_name')}`
  }, [title, t])
  return (
    <div className={styles.frame}>
      <aside className={styles.stage} aria-label={t('common.app_name')}>
        <div className={styles.stageBrand}>
          <Mark size={34} />
          <span>{t('common.app_name')}</span>
        </div>
        <div className={styles.stageBody}>
          <p className={styles.tagline}>{t('common.tagline')}</p>
          <p className={styles.stageText}>{t('login.stage')}</p>
        </div>
        <Strata />
      </aside>
      <main className={styles.side}>
        <div className={styles.sideTop}>
          <span className={styles.sideBrand}>
            <Mark size={30} />
            {t('common.app_name')}
          </span>
          <Dropdown
            trigger={['click']}
            menu={{
              items: [
                { key: 'zh-CN', label: '中文' },
                { key: 'en', label: 'English' },
              ],
              selectedKeys: [i18n.language],
              onClick: ({ key }) => chooseLanguage(key as Lang),
            }}
          >
            <Button type="text" icon={<Languages size={17} />}>
              {i18n.language === 'en' ? 'English' : '中文'}
            </Button>
          </Dropdown>
        </div>
        <div className={styles.form}>
          <h1 className={styles.title}>{title}</h1>
          {text && <p className={styles.text}>{text}</p>}
          {children}
        </div>
      </main>
    </div>
  )
}

// Customers as dots that gather into layers: the upper the fewer and the brighter.
function Strata() {
  const rows = [
    { y: 40, n: 5, r: 5, o: 1, gap: 26 },
    { y: 74, n: 9, r: 4.5, o: 0.8, gap: 24 },
    { y: 108, n: 13, r: 4, o: 0.6, gap: 23 },
    { y: 142, n: 17, r: 3.6, o: 0.42, gap: 22.5 },
    { y: 176, n: 21, r: 3.2, o: 0.3, gap: 22 },
    { y: 210, n: 25, r: 2.8, o: 0.2, gap: 21.5 },
  ]
  return (
    <svg className={styles.strata} viewBox="0 0 560 240" aria-hidden="true" focusable="false">
      {rows.map((row, level) =>
        Array.from({ length: row.n }, (_, i) => {
          const x = 280 + (i - (row.n - 1) / 2) * row.gap
          const lift = ((i * 7 + level * 5) % 5) * 1.4
          return (
            <circle
              // biome-ignore lint/suspicious/noArrayIndexKey: a fixed figure
              key={`${level}-${i}`}
              cx={x}
              cy={row.y + lift}
              r={row.r}
              fill={level === 0 ? '#fcd34d' : level === 1 ? '#99f6e4' : '#ffffff'}
              opacity={row.o}
            />
          )
        }),
      )}
    </svg>
  )
}
