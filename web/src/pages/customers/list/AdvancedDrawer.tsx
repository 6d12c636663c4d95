import { Button, Drawer } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Bones, ErrorState, Typed, useIsPhone, useTyped } from '@/kit'
import { useRuleCatalogue } from '../../audiences/builder/api'
import { complete, conditions, fromNode, type Group, toNode } from '../../audiences/builder/model'
import { listLimits, type RuleNode } from '../../audiences/builder/node'
import { RuleBuilder } from '../../audiences/builder/RuleBuilder'
import styles from './list.module.css'
import { type FilterNode, type Item, itemOf } from './tree'

/** Builds a condition that the rows of the filter have no inputs for, as audiences do. */
export default function AdvancedDrawer({
  node,
  onClose,
  onApply,
}: {
  /** null for a new one. */
  node: FilterNode | null
  onClose: () => void
  onApply: (item: Item) => void
}) {
  const { t } = useTranslation()
  const phone = useIsPhone()
  const catalogue = useRuleCatalogue()
  const [root, setRoot] = useState<Group>(() => fromNode(node as RuleNode | null))
  const [tried, setTried] = useState(false)
  const typed = useTyped()
  const apply = () => {
    setTried(true)
    if (!typed.readable()) return
    if (conditions(root).some((c) => !complete(c))) return
    const { node: rule } = toNode(root)
    if (rule) onApply(itemOf(single(rule as FilterNode)))
  }
  return (
    <Drawer
      open
      onClose={onClose}
      title={t('audiences.filter.add')}
      size={phone ? '100%' : 760}
      footer={
        <div className={styles.foot}>
          <span className={styles.push} />
          <Button onClick={onClose}>{t('common.cancel')}</Button>
          <Button type="primary" onClick={apply}>
            {t('audiences.filter.done')}
          </Button>
        </div>
      }
    >
      {catalogue.error && !catalogue.data ? (
        <ErrorState compact error={catalogue.error} onRetry={() => catalogue.refetch()} />
      ) : !catalogue.data ? (
        <Bones rows={4} />
      ) : (
        <Typed fields={typed}>
          <RuleBuilder
            catalogue={catalogue.data}
            value={root}
            onChange={setRoot}
            limits={listLimits}
            tried={tried}
          />
        </Typed>
      )}
    </Drawer>
  )
}

/** A group of one condition is that condition. */
function single(node: FilterNode): FilterNode {
  const [only, more] = node.all ?? node.any ?? []
  return only && !more ? single(only) : node
}
