package app

import (
	"zhike/internal/column"
	"zhike/internal/customer"
	"zhike/internal/order"
	"zhike/internal/tiering"
	"zhike/internal/timeline"
)

// streams makes the facts known that rules can ask for.
func (a *App) streams() {
	for _, st := range append(order.Streams(), timeline.Streams()...) {
		a.Streams.Register(st)
	}
	for _, p := range order.PastFigures(a.DB.Engine()) {
		a.Streams.RegisterPast(p)
	}
}

// gradedOrders names the orders in memory that grading adds up.
func (a *App) gradedOrders() tiering.Orders {
	st := a.Streams.Get("orders")
	col := func(measure string) column.Col {
		c, ok := st.MeasureCol(measure)
		if !ok {
			panic("app: orders have no measure " + measure)
		}
		return c
	}
	return tiering.Orders{Columns: a.Columns, Day: st.DayCol(), Net: col("net"), Sales: col("sales"), Levels: customer.LevelsInMemory}
}
