import { useQueryClient } from '@tanstack/react-query'
import { Button, Dropdown, Modal } from 'antd'
import { Ellipsis, UserPlus } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api, ok } from '@/api/client'
import type { Staff } from '@/api/types'
import { perm } from '@/app/permissions'
import {
  Can,
  DataTable,
  DateTime,
  Page,
  PageHeader,
  Secret,
  StatusTag,
  useConfirmWithUndo,
  useMe,
} from '@/kit'
import { departmentOptions, useDepartments, useRoles } from './org'
import { StaffForm } from './StaffForm'

/** Who works with the program: list, create, change, disable, new password. */
export default function StaffPage() {
  const { t } = useTranslation()
  const me = useMe()
  const client = useQueryClient()
  const departments = useDepartments()
  const roles = useRoles()
  const confirm = useConfirmWithUndo()
  const [editing, setEditing] = useState<Staff | 'new' | null>(null)
  const [secret, setSecret] = useState<{ name: string; login: string; password: string } | null>(
    null,
  )
  const writable = me.can(perm.staffManage)
  const refresh = () => client.invalidateQueries({ queryKey: ['staff'] })

  const setDisabled = async (id: number, disabled: boolean) => {
    await ok(api.PATCH('/staff/{id}', { params: { path: { id } }, body: { disabled } }))
    await refresh()
  }
  const toggle = (row: Staff) =>
    confirm(
      row.disabled
        ? {
            title: t('staff.enable_title', { name: row.name }),
            text: t('staff.enable_text'),
            confirmText: t('common.enable'),
            done: t('staff.enabled', { name: row.name }),
            act: () => setDisabled(row.id, false),
            undo: () => setDisabled(row.id, true),
          }
        : {
            title: t('staff.disable_title', { name: row.name }),
            text: t('staff.disable_text'),
            confirmText: t('common.disable'),
            danger: true,
            done: t('staff.disabled', { name: row.name }),
            act: () => setDisabled(row.id, true),
            undo: () => setDisabled(row.id, false),
          },
    )
  const reset = (row: Staff) =>
    confirm({
      title: t('staff.reset_title', { name: row.name }),
      text: t('staff.reset_text'),
      confirmText: t('staff.reset'),
      danger: true,
      done: t('staff.reset_done'),
      act: async () => {
        const answer = await ok(
          api.POST('/staff/{id}/password-reset', { params: { path: { id: row.id } } }),
        )
        setSecret({ name: row.name, login: row.login, password: answer.password })
        await refresh()
      },
    })

  return (
    <Page>
      <PageHeader
        title={t('nav.settings.staff')}
        purpose={t('staff.purpose')}
        actions={
          <Can permission={perm.staffManage}>
            <Button type="primary" icon={<UserPlus size={16} />} onClick={() => setEditing('new')}>
              {t('staff.new')}
            </Button>
          </Can>
        }
      />
      <DataTable<Staff>
        id="staff"
        label={t('nav.settings.staff')}
        queryKey={['staff']}
        load={(query, signal) => ok(api.GET('/staff', { params: { query }, signal }))}
        search={t('staff.search')}
        defaultSort="login"
        exportPath="/staff/export"
        onOpen={writable ? setEditing : undefined}
        openKey={editing && editing !== 'new' ? editing.id : null}
        filters={[
          {
            key: 'department_id',
            label: t('staff.department'),
            type: 'select',
            options: departmentOptions(departments.data).map((o) => ({
              value: String(o.value),
              label: o.label,
            })),
          },
          {
            key: 'role_id',
            label: t('staff.roles'),
            type: 'select',
            options: (roles.data ?? []).map((r) => ({ value: String(r.id), label: r.name })),
          },
          {
            key: 'disabled',
            label: t('common.status'),
            type: 'select',
            options: [
              { value: 'false', label: t('staff.state.active') },
              { value: 'true', label: t('staff.state.disabled') },
            ],
          },
        ]}
        columns={[
          { key: 'name', title: t('staff.name'), sort: 'name', render: (r) => r.name },
          {
            key: 'login',
            title: t('staff.login'),
            sort: 'login',
            render: (r) => <span className="zk-mono">{r.login}</span>,
          },
          { key: 'department', title: t('staff.department'), render: (r) => r.department_name },
          {
            key: 'roles',
            title: t('staff.roles'),
            render: (r) => r.roles.map((x) => x.name).join('、') || '–',
          },
          {
            key: 'state',
            title: t('common.status'),
            phone: 'aside',
            render: (r) => <StaffState row={r} />,
          },
          {
            key: 'last_login_at',
            title: t('staff.last_login'),
            sort: 'last_login_at',
            sortFirst: 'desc',
            render: (r) => <DateTime at={r.last_login_at} empty={t('staff.never')} />,
          },
          {
            key: 'created_at',
            title: t('common.created_at'),
            hidden: true,
            phone: 'none',
            sort: 'created_at',
            sortFirst: 'desc',
            render: (r) => <DateTime at={r.created_at} />,
          },
        ]}
        rowActions={
          writable
            ? (row) => (
                <Dropdown
                  trigger={['click']}
                  placement="bottomRight"
                  menu={{
                    items: [
                      { key: 'edit', label: t('common.edit') },
                      { key: 'reset', label: t('staff.reset'), disabled: row.disabled },
                      {
                        key: 'toggle',
                        danger: !row.disabled,
                        disabled: row.id === me.staff.id,
                        label: row.disabled ? t('common.enable') : t('common.disable'),
                      },
                    ],
                    onClick: ({ key }) => {
                      if (key === 'edit') setEditing(row)
                      else if (key === 'reset') reset(row)
                      else toggle(row)
                    },
                  }}
                >
                  <Button
                    type="text"
                    size="small"
                    icon={<Ellipsis size={16} />}
                    aria-label={t('staff.actions', { name: row.name })}
                  />
                </Dropdown>
              )
            : undefined
        }
      />
      <StaffForm
        target={editing}
        onClose={() => setEditing(null)}
        onCreated={(answer) => {
          setEditing(null)
          setSecret({
            name: answer.staff.name,
            login: answer.staff.login,
            password: answer.password,
          })
          refresh()
        }}
        onSaved={() => {
          setEditing(null)
          refresh()
        }}
      />
      <Modal
        open={secret !== null}
        title={secret && t('staff.secret_title', { name: secret.name })}
        onCancel={() => setSecret(null)}
        footer={
          <Button type="primary" onClick={() => setSecret(null)}>
            {t('staff.secret_noted')}
          </Button>
        }
        destroyOnHidden
      >
        {secret && (
          <>
            <p>{t('staff.secret_text', { login: secret.login })}</p>
            <br />
            <Secret label={t('staff.secret_label')} value={secret.password} />
          </>
        )}
      </Modal>
    </Page>
  )
}

function StaffState({ row }: { row: Staff }) {
  const { t } = useTranslation()
  if (row.disabled) return <StatusTag kind="neutral">{t('staff.state.disabled')}</StatusTag>
  if (row.locked_until && row.locked_until > Date.now()) {
    return <StatusTag kind="warning">{t('staff.state.locked')}</StatusTag>
  }
  if (row.must_change_password) {
    return <StatusTag kind="warning">{t('staff.state.must_change')}</StatusTag>
  }
  return <StatusTag kind="success">{t('staff.state.active')}</StatusTag>
}
