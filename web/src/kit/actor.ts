import { useTranslation } from 'react-i18next'

// What the server calls itself where no member of staff acted.
const programs = new Set(['cli', 'setup', 'seed', 'lifecycle', 'audience', 'tiering', 'jobs'])

// i18n-keys: actor.*
/** Who did something, in words: a name of the program's own is a code and no person. */
export function useActorName() {
  const { t } = useTranslation()
  return (name: string) => {
    if (name.startsWith('job:')) return t('actor.jobs')
    return programs.has(name) ? t(`actor.${name}`) : name
  }
}
