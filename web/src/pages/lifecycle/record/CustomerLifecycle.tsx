import { Button } from 'antd'
import { PenLine } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { perm } from '@/app/permissions'
import { Bone, Can, Day, EmptyState, QueryView, Section, ToneTag, useMe } from '@/kit'
import { type OfCustomer, useOfCustomer } from '../api'
import { DecideDrawer } from './DecideDrawer'
import { NextMoves } from './NextMoves'
import { Passages } from './Passages'
import styles from './record.module.css'
import { Tasks } from './Tasks'

/** The stage of a customer, why, what is lacking for the next one, how it was, and what to do. */
export function CustomerLifecycle({ id }: { id: number }) {
  const { t } = useTranslation()
  const me = useMe()
  const may = me.can(perm.lifecycleView)
  const query = useOfCustomer(id, may)
  const [deciding, setDeciding] = useState(false)
  const [looking, setLooking] = useState(false)
  if (!may) return null
  return (
    <Section
      title={t('lifecycles.title')}
      boxed
      extra={
        query.data && (
          <Can permission={perm.lifecycleEdit}>
            <Button
              type="text"
              size="small"
              icon={<PenLine size={14} />}
              onClick={() => setDeciding(true)}
            >
              {t('lifecycles.decide')}
            </Button>
          </Can>
        )
      }
    >
      <QueryView query={query} compact skeleton={<Bone width="80%" height={64} />}>
        {(of) => (
          <div className={styles.card}>
            {of.stage ? (
              <Now of={of} />
            ) : (
              <EmptyState
                compact
                icon={null}
                title={t('lifecycles.of.none')}
                text={t('lifecycles.of.none_text')}
              />
            )}
            <Tasks id={id} tools={of.tools} />
            {of.next.length > 0 && <NextMoves moves={of.next} />}
            {of.stage && (
              <Button
                size="small"
                type="link"
                className={styles.flat}
                onClick={() => setLooking(true)}
              >
                {t('lifecycles.history')}
              </Button>
            )}
            {deciding && <DecideDrawer of={of} onClose={() => setDeciding(false)} />}
            {looking && <Passages id={id} onClose={() => setLooking(false)} />}
          </div>
        )}
      </QueryView>
    </Section>
  )
}

function Now({ of }: { of: OfCustomer }) {
  const { t } = useTranslation()
  return (
    <>
      <div className={styles.head}>
        {of.stage && <ToneTag tone={of.stage.tone}>{of.stage.name}</ToneTag>}
        <span className="zk-muted">
          <Day at={of.since} /> · {t('lifecycles.of.days', { count: of.days })}
        </span>
      </div>
      {of.reason && <p>{of.reason}</p>}
      {!of.final && <p className="zk-muted">{t('lifecycles.of.open')}</p>}
      {(of.by_hand_only || of.until) && (
        <p className={styles.kept}>
          {of.by_hand_only
            ? t('lifecycles.of.by_hand_only')
            : t('lifecycles.of.until', { day: of.until })}
        </p>
      )}
      {of.advice && <p className="zk-muted">{of.advice}</p>}
    </>
  )
}
