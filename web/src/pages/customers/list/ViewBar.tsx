import { useQueryClient } from '@tanstack/react-query'
import { Button, Dropdown, Form, Input, Select, Switch } from 'antd'
import { BookmarkPlus, MoreHorizontal, Users } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { perm } from '@/app/permissions'
import { FormDrawer, useMe, useSay } from '@/kit'
import { createView, deleteView, updateView, useRoles, type View, viewsKey } from './api'
import styles from './list.module.css'
import { type List, toBody } from './useList'

/** How many views stand side by side; the others are in a menu. */
const beside = 6

interface Values {
  name: string
  shared: boolean
  role_id?: number | null
}

/** The saved views: own, shared and the default; save, save as, share, rename, delete. */
export function ViewBar({ list }: { list: List }) {
  const { t } = useTranslation()
  const me = useMe()
  const client = useQueryClient()
  const { done, fail } = useSay()
  const [form, setForm] = useState<'new' | 'edit' | null>(null)
  const [busy, setBusy] = useState(false)
  const { view, views, shown, changed, pick } = list
  const all = views.data ?? []
  const first = all.slice(0, beside)
  if (view && !first.includes(view)) first.push(view)
  const rest = all.filter((v) => !first.includes(v))
  const mayChange = view !== null && (view.mine || (view.shared && me.can(perm.viewShare)))
  const keep = (saved: View) =>
    client.setQueryData<View[]>(viewsKey, (before) =>
      before?.some((v) => v.id === saved.id)
        ? before.map((v) => (v.id === saved.id ? saved : v))
        : [...(before ?? []), saved],
    )
  const body = (v: View) => ({
    name: v.name,
    shared: v.shared,
    role_id: v.role_id ?? undefined,
    version: v.version,
  })
  const save = async () => {
    if (!view) return
    setBusy(true)
    try {
      keep(await updateView(view.id, { ...body(view), body: toBody(shown) }))
      pick(view.id)
      done(t('ui_list.view.saved', { name: view.name }))
    } catch (error) {
      fail(error)
      client.invalidateQueries({ queryKey: viewsKey })
    } finally {
      setBusy(false)
    }
  }
  const remove = async () => {
    if (!view) return
    try {
      await deleteView(view.id)
      client.setQueryData<View[]>(viewsKey, (before) => before?.filter((v) => v.id !== view.id))
      pick(null)
      done(t('ui_list.view.deleted', { name: view.name }), async () => {
        const { version: _, ...again } = body(view)
        const back = await createView({ ...again, body: view.body })
        keep(back)
        pick(back.id)
      })
    } catch (error) {
      fail(error)
    }
  }
  const submit = async (values: Values) => {
    // Whoever may not see roles leaves the role of a view as it is.
    const chosen = 'role_id' in values ? values.role_id : view?.role_id
    const role_id = values.shared ? (chosen ?? undefined) : undefined
    const saved =
      form === 'edit' && view
        ? await updateView(view.id, { ...body(view), ...values, role_id, body: view.body })
        : await createView({ ...values, role_id, body: toBody(shown) })
    keep(saved)
    client.invalidateQueries({ queryKey: viewsKey })
    setForm(null)
    if (form === 'new') pick(saved.id)
    done(t('ui_list.view.saved', { name: saved.name }))
  }
  return (
    <div className={styles.viewBar}>
      <fieldset className={styles.views} aria-label={t('ui.table.views')}>
        <button
          type="button"
          aria-pressed={view === null}
          className={view === null ? styles.viewOn : styles.view}
          onClick={() => pick(null)}
        >
          {t('ui_list.view.everyone')}
        </button>
        {first.map((v) => (
          <button
            key={v.id}
            type="button"
            aria-pressed={view?.id === v.id}
            title={v.mine ? undefined : t('ui_list.view.of', { name: v.owner_name })}
            className={view?.id === v.id ? styles.viewOn : styles.view}
            onClick={() => pick(v.id)}
          >
            {v.name}
            {v.shared && <Users size={13} aria-label={t('ui_list.view.shared')} />}
          </button>
        ))}
        {rest.length > 0 && (
          <Dropdown
            trigger={['click']}
            menu={{
              className: styles.menu,
              items: rest.map((v) => ({ key: String(v.id), label: v.name })),
              onClick: ({ key }) => pick(Number(key)),
            }}
          >
            <button type="button" className={styles.view}>
              {t('ui_list.view.more', { count: rest.length })}
            </button>
          </Dropdown>
        )}
      </fieldset>
      {changed && mayChange && (
        <Button size="small" type="primary" loading={busy} onClick={save}>
          {t('ui_list.view.save')}
        </Button>
      )}
      {changed && view && (
        <Button size="small" type="text" onClick={() => pick(view.id)}>
          {t('ui_list.view.revert')}
        </Button>
      )}
      {(changed || !view) && (
        <Button
          size="small"
          type="text"
          icon={<BookmarkPlus size={15} />}
          onClick={() => setForm('new')}
        >
          {t('ui_list.view.save_as')}
        </Button>
      )}
      {view && (
        <Dropdown
          trigger={['click']}
          menu={{
            items: [
              { key: 'copy', label: t('ui_list.view.save_as'), onClick: () => setForm('new') },
              ...(mayChange
                ? [
                    { key: 'edit', label: t('ui_list.view.edit'), onClick: () => setForm('edit') },
                    { key: 'delete', danger: true, label: t('common.delete'), onClick: remove },
                  ]
                : []),
            ],
          }}
        >
          <Button
            size="small"
            type="text"
            icon={<MoreHorizontal size={15} />}
            aria-label={t('ui_list.view.acts', { name: view.name })}
          />
        </Dropdown>
      )}
      {form && (
        <ViewForm
          view={form === 'edit' ? view : null}
          onClose={() => setForm(null)}
          onSubmit={submit}
          onReload={() => {
            client.invalidateQueries({ queryKey: viewsKey })
            setForm(null)
          }}
        />
      )}
    </div>
  )
}

function ViewForm({
  view,
  onClose,
  onSubmit,
  onReload,
}: {
  view: View | null
  onClose: () => void
  onSubmit: (values: Values) => Promise<void>
  onReload: () => void
}) {
  const { t } = useTranslation()
  const me = useMe()
  const [form] = Form.useForm<Values>()
  const shares = me.can(perm.viewShare)
  const shared = Form.useWatch('shared', form)
  const roles = useRoles(shares && me.can(perm.roleManage))
  return (
    <FormDrawer<Values>
      open
      form={form}
      title={t(view ? 'ui_list.view.edit' : 'ui_list.view.save_as')}
      note={view ? undefined : t('ui_list.view.note')}
      initial={{ name: view?.name ?? '', shared: view?.shared ?? false, role_id: view?.role_id }}
      onClose={onClose}
      onSubmit={onSubmit}
      onReload={onReload}
    >
      <Form.Item
        name="name"
        label={t('ui.table.view_name')}
        rules={[
          { required: true, whitespace: true, message: t('errors.list.view_name', { max: 60 }) },
        ]}
      >
        <Input maxLength={60} autoFocus />
      </Form.Item>
      <Form.Item
        name="shared"
        required
        label={t('ui_list.view.share')}
        valuePropName="checked"
        extra={shares ? t('ui_list.view.share_note') : t('ui_list.view.share_not')}
      >
        <Switch disabled={!shares} />
      </Form.Item>
      {shared && roles.data && (
        <Form.Item
          name="role_id"
          label={t('ui_list.view.role')}
          extra={t('ui_list.view.role_note')}
        >
          <Select
            allowClear
            showSearch={{ optionFilterProp: 'label' }}
            options={roles.data.map((r) => ({ value: r.id, label: r.name }))}
          />
        </Form.Item>
      )}
    </FormDrawer>
  )
}
