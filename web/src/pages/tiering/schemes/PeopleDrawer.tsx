import { Button, Drawer } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Bones, ErrorState, useFormat, useIsPhone } from '@/kit'
import { useRuleCatalogue } from '../../audiences/builder/api'
import type { Known } from '../../audiences/builder/catalogue'
import { complete, conditions, fromNode, type Group } from '../../audiences/builder/model'
import type { RuleNode } from '../../audiences/builder/node'
import { RuleBuilder } from '../../audiences/builder/RuleBuilder'
import { useLive } from '../../audiences/builder/useLive'
import styles from './people.module.css'

interface Props {
  /** null for a new one. */
  rule: RuleNode | null
  onClose: () => void
  /** The rule, and what it says in the reader's language. */
  onApply: (rule: RuleNode, said: string) => void
}

/** Says whom a condition of a scheme means, with the builder of audiences. */
export default function PeopleDrawer(props: Props) {
  const catalogue = useRuleCatalogue()
  return catalogue.data ? (
    <Editor {...props} catalogue={catalogue.data} />
  ) : (
    <Frame onClose={props.onClose}>
      {catalogue.error ? (
        <ErrorState compact error={catalogue.error} onRetry={() => catalogue.refetch()} />
      ) : (
        <Bones rows={4} />
      )}
    </Frame>
  )
}

function Frame({
  onClose,
  foot,
  children,
}: {
  onClose: () => void
  foot?: React.ReactNode
  children: React.ReactNode
}) {
  const { t } = useTranslation()
  const phone = useIsPhone()
  return (
    <Drawer
      open
      onClose={onClose}
      title={t('ui_dimension.who')}
      size={phone ? '100%' : 820}
      footer={foot}
    >
      <div className={styles.body}>{children}</div>
    </Drawer>
  )
}

function Editor({ rule, catalogue, onClose, onApply }: Props & { catalogue: Known }) {
  const { t } = useTranslation()
  const f = useFormat()
  const [root, setRoot] = useState<Group>(() => fromNode(rule))
  const [tried, setTried] = useState(false)
  const live = useLive(root, undefined, '')
  const { count, stale, written } = live
  const open = conditions(root).filter((c) => !complete(c)).length
  const wrong = [...live.faults.values()].some((list) => list.some((x) => !x.warning))
  const empty = !written.node
  const apply = () => {
    setTried(true)
    if (open === 0 && !wrong && written.node)
      onApply(written.node, (!stale && count?.sentence) || '')
  }
  return (
    <Frame
      onClose={onClose}
      foot={
        <div className={styles.foot}>
          <output className={stale ? styles.stale : undefined} aria-live="polite" aria-busy={stale}>
            {count && !empty && (
              <>
                <b className="zk-num">{f.count(count.count)}</b>{' '}
                <span className="zk-muted">
                  {t('ui_dimension.who.of', { count: count.count, total: f.count(count.total) })}
                </span>
              </>
            )}
          </output>
          <Button onClick={onClose}>{t('common.cancel')}</Button>
          {/* The sentence goes with the rule, so that it must be the rule's own. */}
          <Button type="primary" loading={open === 0 && !empty && live.busy} onClick={apply}>
            {t('ui_dimension.who.apply')}
          </Button>
        </div>
      }
    >
      <p
        className={tried && empty ? styles.fault : 'zk-muted'}
        role={tried && empty ? 'alert' : undefined}
      >
        {t(tried && empty ? 'ui_dimension.who.empty' : 'ui_dimension.who.hint')}
      </p>
      <RuleBuilder
        catalogue={catalogue}
        value={root}
        onChange={setRoot}
        faults={live.faults}
        tried={tried}
      />
      {live.rest.map((message) => (
        <p key={message} className={styles.fault} role="alert">
          {message}
        </p>
      ))}
      {live.error ? (
        <ErrorState compact error={live.error} onRetry={live.retry} />
      ) : (
        count?.sentence &&
        !empty && <p className={`${styles.said} ${stale ? styles.stale : ''}`}>{count.sentence}</p>
      )}
    </Frame>
  )
}
