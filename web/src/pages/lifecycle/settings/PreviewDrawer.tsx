import { useTranslation } from 'react-i18next'
import { Count, DetailDrawer, EmptyState, Section, SimpleTable, ToneTag, useFormat } from '@/kit'
import type { Preview } from '../api'
import styles from './settings.module.css'

/** How many customers each stage would have, and who would move, if this were in force today. */
export function PreviewDrawer({ preview: p, onClose }: { preview: Preview; onClose: () => void }) {
  const { t } = useTranslation()
  const f = useFormat()
  const tag = (code: string) => {
    const stage = p.stages.find((s) => s.code === code)
    if (!stage) return <span className="zk-muted">{t('lifecycles.newcomers')}</span>
    return <ToneTag tone={stage.tone}>{stage.name}</ToneTag>
  }
  const moved = p.links.reduce((sum, link) => sum + link.customers, 0)
  return (
    <DetailDrawer open width={640} title={t('ui_lifecycle.preview')} onClose={onClose}>
      <p className={styles.live} role="status">
        {t('ui_lifecycle.preview.moved', { day: p.day, count: moved, shown: f.count(moved) })}
        {p.waits && <span className="zk-muted">{t('ui_lifecycle.preview.waits')}</span>}
      </p>
      <Section title={t('lifecycles.stages')}>
        <SimpleTable
          label={t('lifecycles.stages')}
          rows={p.stages}
          rowKey={(s) => s.code}
          columns={[
            { key: 'stage', title: t('lifecycles.stage'), render: (s) => tag(s.code) },
            {
              key: 'now',
              title: t('ui_lifecycle.preview.now'),
              align: 'right',
              render: (s) => <Count value={s.now} />,
            },
            {
              key: 'then',
              title: t('ui_lifecycle.preview.then'),
              align: 'right',
              render: (s) => <Count value={s.then} />,
            },
            {
              key: 'change',
              title: t('ui_lifecycle.preview.change'),
              align: 'right',
              render: (s) =>
                s.then === s.now ? (
                  <span className="zk-muted">0</span>
                ) : (
                  <span className="zk-num">
                    {s.then > s.now ? '+' : '−'}
                    {f.count(Math.abs(s.then - s.now))}
                  </span>
                ),
            },
          ]}
        />
      </Section>
      <Section title={t('ui_lifecycle.preview.links')}>
        {p.links.length === 0 ? (
          <EmptyState compact icon={null} title={t('ui_lifecycle.preview.none')} />
        ) : (
          <SimpleTable
            label={t('ui_lifecycle.preview.links')}
            rows={p.links}
            rowKey={(l) => `${l.source}>${l.target}`}
            columns={[
              { key: 'from', title: t('lifecycles.flow.from'), render: (l) => tag(l.source) },
              { key: 'to', title: t('lifecycles.flow.to'), render: (l) => tag(l.target) },
              {
                key: 'customers',
                title: t('lifecycles.customers'),
                align: 'right',
                render: (l) => <Count value={l.customers} />,
              },
            ]}
          />
        )}
      </Section>
    </DetailDrawer>
  )
}
