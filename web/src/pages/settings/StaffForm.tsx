import { Form, Input, Select } from 'antd'
import { useTranslation } from 'react-i18next'
import { api, ok } from '@/api/client'
import type { Staff, StaffInput, StaffSecret } from '@/api/types'
import { FormDrawer, useSay } from '@/kit'
import { departmentOptions, useDepartments, useRoles } from './org'

/** Creates or changes a person. The first password is made by the server. */
export function StaffForm({
  target,
  onClose,
  onCreated,
  onSaved,
}: {
  target: Staff | 'new' | null
  onClose: () => void
  onCreated: (answer: StaffSecret) => void
  onSaved: () => void
}) {
  const { t } = useTranslation()
  const { done } = useSay()
  const departments = useDepartments()
  const roles = useRoles()
  const row = target === 'new' ? null : target

  const submit = async (values: StaffInput) => {
    if (!row) {
      onCreated(await ok(api.POST('/staff', { body: values })))
      return
    }
    await ok(api.PATCH('/staff/{id}', { params: { path: { id: row.id } }, body: values }))
    done(t('common.saved'))
    onSaved()
  }
  return (
    <FormDrawer<StaffInput>
      key={row?.id ?? 'new'}
      open={target !== null}
      title={row ? t('staff.edit_title', { name: row.name }) : t('staff.new')}
      note={row ? t('staff.edit_note') : t('staff.new_note')}
      initial={
        row
          ? {
              login: row.login,
              name: row.name,
              department_id: row.department_id,
              role_ids: row.roles.map((r) => r.id),
            }
          : {}
      }
      onClose={onClose}
      onSubmit={submit}
      onReload={onSaved}
      submitText={row ? undefined : t('common.create')}
    >
      <Form.Item
        name="name"
        label={t('staff.name')}
        rules={[{ required: true, whitespace: true, message: t('staff.name_missing') }]}
      >
        <Input maxLength={50} autoComplete="off" />
      </Form.Item>
      <Form.Item
        name="login"
        label={t('staff.login')}
        extra={t('staff.login_extra')}
        rules={[
          { required: true, message: t('staff.login_missing') },
          { pattern: /^[a-z0-9][a-z0-9._@-]{2,63}$/i, message: t('staff.login_form') },
        ]}
      >
        <Input maxLength={64} autoComplete="off" autoCapitalize="none" disabled={Boolean(row)} />
      </Form.Item>
      <Form.Item
        name="department_id"
        label={t('staff.department')}
        rules={[{ required: true, message: t('staff.department_missing') }]}
      >
        <Select
          loading={departments.isPending}
          options={departmentOptions(departments.data)}
          showSearch={{ optionFilterProp: 'name' }}
        />
      </Form.Item>
      <Form.Item
        name="role_ids"
        label={t('staff.roles')}
        extra={t('staff.roles_extra')}
        rules={[{ required: true, type: 'array', min: 1, message: t('staff.roles_missing') }]}
      >
        <Select
          mode="multiple"
          loading={roles.isPending}
          options={(roles.data ?? []).map((r) => ({ value: r.id, label: r.name }))}
          showSearch={{ optionFilterProp: 'label' }}
        />
      </Form.Item>
    </FormDrawer>
  )
}
