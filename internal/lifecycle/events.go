package lifecycle

// DayClosed is published when a day is over: what happened on it is final, and
// [Service.Changes] tells it.
type DayClosed struct {
	Day   string `json:"day"`
	Moved int64  `json:"moved"` // customers who came to another stage
}

// StepsDue is published when somebody is told that steps fall due, or are overdue.
type StepsDue struct {
	StaffID int64 `json:"staff_id"` // who is told
	// What is "due", "late" to who owes it, or "late_head" to who leads the department.
	What   string    `json:"what"`
	Duties []StepDue `json:"duties"`
}

// StepDue names a step, or with an empty item a diagnosis or a questionnaire.
type StepDue struct {
	TaskID int64  `json:"task_id"`
	Item   string `json:"item"`
}

// EventKind names the event.
func (StepsDue) EventKind() string { return "lifecycle.steps_due" }

// EventKind names the event.
func (DayClosed) EventKind() string { return "lifecycle.day_closed" }
