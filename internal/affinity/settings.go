package affinity

// Settings say what counts as bought by similar customers. These are all of the
// numbers of this package that a company may want others of.
type Settings struct {
	// WindowDays is how long back purchases count, from the last day with an order.
	WindowDays int `json:"window_days"`
	// Support is how many customers at least must have bought both categories.
	Support int64 `json:"support"`
	// Confidence and Lift are the least that a rule must have.
	Confidence float64 `json:"confidence"`
	Lift       float64 `json:"lift"`
	// Categories bounds how many are looked at: those with the most customers.
	Categories int `json:"categories"`
	// PerCategory bounds how many rules each category leads to: the strongest.
	// Whoever bought all of these gets none from it.
	PerCategory int `json:"per_category"`
}

// Shipped are the settings that companies start with. With 2,000 categories the
// pairs take 8 MB.
func Shipped() Settings {
	return Settings{WindowDays: 730, Support: 20, Confidence: 0.1, Lift: 1.2, Categories: 2000, PerCategory: 50}
}
