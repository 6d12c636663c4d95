import { useQueryClient } from '@tanstack/react-query'
import { Button, Dropdown, Form, Input, Select } from 'antd'
import { ChevronDown, ChevronRight, Ellipsis, FolderPlus } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { api, ok } from '@/api/client'
import type { Department } from '@/api/types'
import { perm } from '@/app/permissions'
import {
  Can,
  Count,
  EmptyState,
  FormDrawer,
  Page,
  PageHeader,
  QueryView,
  useConfirmWithUndo,
  useMe,
  useSay,
} from '@/kit'
import { useStaffNamed } from '../customers/list/api'
import { StaffInput } from '../customers/list/StaffInput'
import {
  type DepartmentNode,
  departmentOptions,
  departmentTree,
  selfAndBelow,
  useDepartments,
} from './org'
import styles from './settings.module.css'

type Editing = { row: Department | null; parent: number | null } | null

/** The tree of departments: it decides what "own department" sees. */
export default function DepartmentsPage() {
  const { t } = useTranslation()
  const client = useQueryClient()
  const query = useDepartments()
  const confirm = useConfirmWithUndo()
  const [editing, setEditing] = useState<Editing>(null)
  const refresh = () => client.invalidateQueries({ queryKey: ['departments'] })

  const remove = (row: Department) =>
    confirm({
      title: t('departments.delete_title', { name: row.name }),
      text: t('departments.delete_text'),
      confirmText: t('common.delete'),
      danger: true,
      done: t('departments.deleted', { name: row.name }),
      act: async () => {
        await ok(api.DELETE('/departments/{id}', { params: { path: { id: row.id } } }))
        await refresh()
      },
      undo: async () => {
        await ok(
          api.POST('/departments', {
            body: { name: row.name, parent_id: row.parent_id, head_id: row.head_id },
          }),
        )
        await refresh()
      },
    })

  return (
    <Page narrow>
      <PageHeader
        title={t('nav.settings.departments')}
        purpose={t('departments.purpose')}
        actions={
          <Can permission={perm.departmentManage}>
            <Button
              type="primary"
              icon={<FolderPlus size={16} />}
              onClick={() => setEditing({ row: null, parent: query.data?.[0]?.id ?? null })}
            >
              {t('departments.new')}
            </Button>
          </Can>
        }
      />
      <QueryView query={query}>
        {(list) =>
          list.length === 0 ? (
            <EmptyState title={t('departments.none')} text={t('departments.none_text')} />
          ) : (
            <ul className={styles.tree} aria-label={t('nav.settings.departments')}>
              {departmentTree(list).map((node) => (
                <Node key={node.department.id} node={node} onEdit={setEditing} onDelete={remove} />
              ))}
            </ul>
          )
        }
      </QueryView>
      <DepartmentForm
        editing={editing}
        list={query.data ?? []}
        onClose={() => setEditing(null)}
        onSaved={() => {
          setEditing(null)
          refresh()
        }}
      />
    </Page>
  )
}

function Node({
  node,
  onEdit,
  onDelete,
}: {
  node: DepartmentNode
  onEdit: (editing: Editing) => void
  onDelete: (row: Department) => void
}) {
  const { t } = useTranslation()
  const me = useMe()
  const [open, setOpen] = useState(node.depth < 3)
  const { department: row, children } = node
  const heads = useStaffNamed(row.head_id ? [row.head_id] : [])
  const head = heads.data?.find((s) => s.id === row.head_id)?.name
  const Fold = open ? ChevronDown : ChevronRight
  return (
    <li>
      <div className={styles.node}>
        {children.length > 0 ? (
          <button
            type="button"
            className={styles.fold}
            aria-expanded={open}
            aria-label={t('departments.fold', { name: row.name })}
            onClick={() => setOpen(!open)}
          >
            <Fold size={16} aria-hidden="true" />
          </button>
        ) : (
          <span className={styles.fold} />
        )}
        <span className={styles.nodeName}>
          {row.name}
          {head && <small className="zk-muted"> {t('departments.led_by', { name: head })}</small>}
        </span>
        <Link to={`/settings/staff?department_id=${row.id}`} className={styles.nodeCount}>
          {t('departments.staff_label')} <Count value={row.staff_count} />
          {node.staff !== row.staff_count && (
            <>
              {' '}
              / <Count value={node.staff} />
            </>
          )}
        </Link>
        {me.can(perm.departmentManage) && (
          <Dropdown
            trigger={['click']}
            placement="bottomRight"
            menu={{
              items: [
                { key: 'add', label: t('departments.new_below') },
                { key: 'edit', label: t('departments.edit') },
                {
                  key: 'delete',
                  danger: true,
                  label: t('common.delete'),
                  disabled: node.staff > 0 || children.length > 0,
                },
              ],
              onClick: ({ key }) => {
                if (key === 'add') onEdit({ row: null, parent: row.id })
                else if (key === 'edit') onEdit({ row, parent: row.parent_id })
                else onDelete(row)
              },
            }}
          >
            <Button
              type="text"
              size="small"
              icon={<Ellipsis size={16} />}
              aria-label={t('departments.actions', { name: row.name })}
            />
          </Dropdown>
        )}
      </div>
      {open && children.length > 0 && (
        <ul className={styles.branch}>
          {children.map((child) => (
            <Node key={child.department.id} node={child} onEdit={onEdit} onDelete={onDelete} />
          ))}
        </ul>
      )}
    </li>
  )
}

interface Values {
  name: string
  parent_id?: number | null
  head_id?: number | null
}

/** One person, as a form holds it. */
function HeadInput({
  id,
  value,
  names,
  onChange,
}: {
  id?: string
  value?: number | null
  names: Map<number, string>
  onChange?: (value: number | null) => void
}) {
  const { t } = useTranslation()
  return (
    <StaffInput
      id={id}
      label={t('departments.head')}
      value={value ? [value] : []}
      known={names}
      onChange={([who]) => onChange?.(typeof who === 'number' ? who : null)}
    />
  )
}

function DepartmentForm({
  editing,
  list,
  onClose,
  onSaved,
}: {
  editing: Editing
  list: Department[]
  onClose: () => void
  onSaved: () => void
}) {
  const { t } = useTranslation()
  const { done } = useSay()
  const row = editing?.row ?? null
  const barred = row ? selfAndBelow(list, row.id) : new Set<number>()
  const heads = useStaffNamed(row?.head_id ? [row.head_id] : [])
  const submit = async (values: Values) => {
    const body = {
      name: values.name,
      parent_id: values.parent_id ?? null,
      head_id: values.head_id ?? null,
    }
    if (row) await ok(api.PATCH('/departments/{id}', { params: { path: { id: row.id } }, body }))
    else await ok(api.POST('/departments', { body }))
    done(t('common.saved'))
    onSaved()
  }
  return (
    <FormDrawer<Values>
      key={row?.id ?? `below-${editing?.parent}`}
      open={editing !== null}
      title={row ? t('departments.edit_title', { name: row.name }) : t('departments.new')}
      initial={{
        name: row?.name,
        parent_id: editing?.parent ?? undefined,
        head_id: row?.head_id ?? undefined,
      }}
      onClose={onClose}
      onSubmit={submit}
      onReload={onSaved}
    >
      <Form.Item
        name="name"
        label={t('common.name')}
        rules={[{ required: true, whitespace: true, message: t('departments.name_missing') }]}
      >
        <Input maxLength={50} />
      </Form.Item>
      <Form.Item
        name="parent_id"
        label={t('departments.parent')}
        extra={t('departments.parent_extra')}
      >
        <Select
          allowClear={row?.parent_id === null}
          placeholder={t('departments.top')}
          options={departmentOptions(list).filter((o) => !barred.has(o.value))}
          showSearch={{ optionFilterProp: 'name' }}
        />
      </Form.Item>
      <Form.Item name="head_id" label={t('departments.head')} extra={t('departments.head_extra')}>
        <HeadInput names={new Map((heads.data ?? []).map((s) => [s.id, s.name]))} />
      </Form.Item>
    </FormDrawer>
  )
}
