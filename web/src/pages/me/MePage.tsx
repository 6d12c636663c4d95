import { Segmented } from 'antd'
import { useTranslation } from 'react-i18next'
import { perm } from '@/app/permissions'
import { setPrefs, usePrefs } from '@/app/prefs'
import { chooseLanguage } from '@/app/TopBar'
import type { Lang } from '@/i18n'
import { Can, Facts, Page, PageHeader, Section, useMe, useSay } from '@/kit'
import { PasswordForm } from '@/pages/login/PasswordForm'
import { Away } from './Away'

// i18n-keys: scope.*
/** Who I am here, how it looks for me, my password. */
export default function MePage() {
  const { t, i18n } = useTranslation()
  const me = useMe()
  const { theme } = usePrefs()
  const { done } = useSay()
  return (
    <Page narrow>
      <PageHeader title={t('me.title')} purpose={t('me.purpose')} />
      <Section title={t('me.account')} boxed>
        <Facts
          columns={2}
          items={[
            { label: t('staff.name'), value: me.staff.name },
            { label: t('staff.login'), value: me.staff.login },
            { label: t('staff.department'), value: me.staff.department_name },
            { label: t('staff.roles'), value: me.roles.map((r) => r.name).join('、') },
            { label: t('roles.scope'), value: t(`scope.${me.scope}`) },
          ]}
        />
      </Section>
      <Can permission={perm.tierReview}>
        <Away />
      </Can>
      <Section title={t('me.looks')} boxed>
        <Facts
          items={[
            {
              label: t('common.language'),
              value: (
                <Segmented<Lang>
                  value={i18n.language as Lang}
                  options={[
                    { value: 'zh-CN', label: '中文' },
                    { value: 'en', label: 'English' },
                  ]}
                  onChange={chooseLanguage}
                />
              ),
            },
            {
              label: t('common.theme'),
              value: (
                <Segmented
                  value={theme}
                  options={(['light', 'dark', 'system'] as const).map((value) => ({
                    value,
                    label: {
                      light: t('common.theme_light'),
                      dark: t('common.theme_dark'),
                      system: t('common.theme_system'),
                    }[value],
                  }))}
                  onChange={(value) => setPrefs({ theme: value })}
                />
              ),
            },
          ]}
        />
      </Section>
      <Section title={t('password.change')} note={t('me.password_note')} boxed>
        <div style={{ maxWidth: 380 }}>
          <PasswordForm login={me.staff.login} onDone={() => done(t('password.changed'))} />
        </div>
      </Section>
    </Page>
  )
}
