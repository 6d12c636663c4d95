package lifecycle

// DayClosed is published when a day is over: what happened on it is final, and
// [Service.Changes] tells it.
type DayClosed struct {
	Day   string `json:"day"`
	Moved int64  `json:"moved"` // customers who came to another stage
}

// EventKind names the event.
func (DayClosed) EventKind() string { return "lifecycle.day_closed" }
