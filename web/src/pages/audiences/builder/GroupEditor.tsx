import { Button, Select } from 'antd'
import { FolderPlus, Plus } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { Grip } from '@/kit'
import styles from './builder.module.css'
import { ConditionMenu } from './ConditionMenu'
import { ConditionRow, insert, RowActions } from './ConditionRow'
import { useBuilder, useFreshFocus } from './context'
import { dropProps, footProps } from './drag'
import { copies, fits, levelAt } from './limits'
import {
  condition,
  copied,
  depthOf,
  type Group,
  group,
  isGroup,
  type Join,
  joinOf,
  joinParts,
} from './model'

const joins: Join[] = ['all', 'any', 'none', 'some_not']

/** Conditions and groups of which all, any, none or not all must hold. */
export function GroupEditor({ item, path }: { item: Group; path: readonly number[] }) {
  const { t } = useTranslation()
  const builder = useBuilder()
  const { root, limits, full, change, faults, setFresh } = builder
  const ref = useFreshFocus<HTMLFieldSetElement>(item.id)
  const top = path.length === 0
  const drag = top ? null : dropProps(builder, path)
  const foot = footProps(builder, path, item.rules.length)
  const label = t('ui_list.filter.group')
  const here = levelAt(root, path)
  const join = joinOf(item)
  // i18n-keys: ui_audience_builder.join.*
  const deeper = !item.not && here - 1 + depthOf({ ...item, not: true }) > limits.depth
  const add = (more: Group['rules'][number]) => {
    change(item.id, (g) => (isGroup(g) ? { ...g, rules: [...g.rules, more] } : g))
    setFresh(more.id)
  }
  const said = faults.get(item.id) ?? []
  return (
    <fieldset
      ref={ref}
      aria-label={label}
      data-condition={item.id}
      {...drag}
      className={`${top ? styles.top : styles.group} ${drag?.className ?? ''}`}
    >
      <div className={styles.head}>
        {!top && <Grip />}
        <Select<Join>
          className={styles.join}
          popupMatchSelectWidth={false}
          aria-label={t('ui_list.filter.join')}
          value={join}
          options={joins.map((j) => ({
            value: j,
            label: t(`ui_audience_builder.join.${j}`),
            disabled: deeper && joinParts(j).not,
          }))}
          onChange={(j) => change(item.id, (g) => ({ ...(g as Group), ...joinParts(j) }))}
        />
        <span className={styles.hint}>{t('ui_audience_builder.of_these')}</span>
        <span className={styles.push} />
        {!top && (
          <RowActions
            name={label}
            path={path}
            id={item.id}
            mayCopy={copies(root, item, limits)}
            onCopy={() => insert(builder, path, copied(item) as Group)}
          />
        )}
      </div>
      {said.map((f) => (
        <p
          key={`${f.rest} ${f.message}`}
          className={f.warning ? styles.warning : styles.fault}
          role="alert"
        >
          {f.message}
        </p>
      ))}
      {item.rules.map((child, i) => (
        <div key={child.id} className={styles.slot}>
          {i > 0 && (
            <span className={styles.between}>
              {t(item.combinator === 'or' ? 'common.or' : 'common.and')}
            </span>
          )}
          {isGroup(child) ? (
            <GroupEditor item={child} path={[...path, i]} />
          ) : (
            <ConditionRow item={child} path={[...path, i]} />
          )}
        </div>
      ))}
      <div {...foot} className={`${styles.adds} ${foot.className}`}>
        <ConditionMenu ready={top} onPick={(node) => add(condition(node))}>
          {(open, isOpen) => (
            <Button
              data-first={item.rules.length === 0 || undefined}
              type={top ? 'default' : 'text'}
              size={top ? 'middle' : 'small'}
              icon={<Plus size={15} />}
              disabled={full || !fits(root, path, 1, limits)}
              aria-haspopup="dialog"
              aria-expanded={isOpen}
              onClick={open}
            >
              {t('ui_list.filter.add')}
            </Button>
          )}
        </ConditionMenu>
        <Button
          type="text"
          size={top ? 'middle' : 'small'}
          icon={<FolderPlus size={15} />}
          disabled={full || !fits(root, path, 2, limits)}
          onClick={() => add(group(item.combinator === 'and' ? 'any' : 'all', []))}
        >
          {t('ui_list.filter.add_group')}
        </Button>
        {full && (
          <span className={styles.hint}>
            {t('ui_list.filter.full', { max: limits.conditions })}
          </span>
        )}
      </div>
    </fieldset>
  )
}
