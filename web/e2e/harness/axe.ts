import { AxeBuilder } from '@axe-core/playwright'
import type { Page } from 'playwright-core'

/**
 * An accessibility check of a page, or of a part with `include`. Only what fails is
 * described and carried out of the browser: of what passes that would be every element,
 * in each of its frames, of which no page has any.
 */
export function axe(page: Page): AxeBuilder {
  return new AxeBuilder({ page }).setLegacyMode().options({ resultTypes: ['violations'] })
}
