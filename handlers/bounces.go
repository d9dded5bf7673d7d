package handlers

import (
	"encoding/json"
	"strings"
	"time"

	"cabinet/db"

	"github.com/gofiber/fiber/v2"
)

// mostReports come in one request.
const mostReports = 1000

// reportKinds are what whoever carries our mails may say of one.
var reportKinds = map[string]db.BounceKind{"bounce": db.HardBounce, "soft_bounce": db.SoftBounce, "complaint": db.Complaint}

// takeBounces reads what came back, as docs/operations.md says how: all of it or, when anything is wrong, nothing.
func (h *Handlers) takeBounces(c *fiber.Ctx) error {
	var sent struct {
		Events []struct {
			ID, Type, Address, Detail string
			At                        time.Time
		}
	}
	if json.Unmarshal(c.Body(), &sent) != nil || len(sent.Events) > mostReports {
		return c.Status(fiber.StatusBadRequest).JSON(fiber.Map{"error": "not the JSON that was agreed on"})
	}
	var reports []db.Bounce
	for i, event := range sent.Events {
		if reportKinds[event.Type] == "" || event.ID == "" || event.Address == "" || strings.ContainsRune(event.ID+event.Address, 0) {
			return c.Status(fiber.StatusUnprocessableEntity).JSON(fiber.Map{"error": "an event needs id, address and one of the types bounce, soft_bounce, complaint", "event": i})
		}
		reports = append(reports, db.Bounce{
			Key: "webhook:" + event.ID, Address: event.Address, Kind: reportKinds[event.Type], Source: db.FromWebhook, Detail: event.Detail, At: event.At,
		})
	}
	tally, err := h.db.NoteBounces(c.UserContext(), reports)
	if err != nil {
		return err
	}
	return c.JSON(tally)
}
