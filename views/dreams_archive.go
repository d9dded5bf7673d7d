package views

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"cabinet/db"
)

// archivedDream is a dream as a program reads it.
type archivedDream struct {
	ID             db.DreamID     `json:"id"`
	Night          db.Day         `json:"night"`
	Mood           db.Mood        `json:"mood,omitempty"`
	Lucidity       db.Lucidity    `json:"lucidity"`
	Tags           []string       `json:"tags"`
	Status         db.DreamStatus `json:"status"`
	Text           string         `json:"text"`
	Interpretation string         `json:"interpretation,omitempty"`
}

// DreamArchive is a whole journal to be taken along: a Markdown file for each dream, and all of them as JSON.
func DreamArchive(ctx context.Context, journal func(func(db.TakenAlong) error) error) ([]byte, error) {
	var out bytes.Buffer
	archive, all := zip.NewWriter(&out), []archivedDream{}
	err := journal(func(row db.TakenAlong) error {
		dream := row.Dream
		all = append(all, archivedDream{dream.ID, dream.DreamedOn, dream.Mood, dream.Lucidity, row.Tags, dream.Status, dream.Body, dream.Answer})
		return archived(archive, fmt.Sprintf("dreams/%s-%d.md", dream.DreamedOn, dream.ID), dreamMarkdown(ctx, row))
	})
	if err != nil {
		return nil, err
	}
	list, err := json.MarshalIndent(all, "", "  ")
	if err != nil {
		return nil, err
	}
	if err := archived(archive, "journal.json", string(list)+"\n"); err != nil {
		return nil, err
	}
	err = archive.Close()
	return out.Bytes(), err
}

func archived(archive *zip.Writer, name, content string) error {
	file, err := archive.Create(name)
	if err != nil {
		return err
	}
	_, err = io.WriteString(file, content)
	return err
}

func dreamMarkdown(ctx context.Context, row db.TakenAlong) string {
	var text strings.Builder
	fmt.Fprintf(&text, "# %s\n\n", DreamTitle(ctx, row.Dream.DreamedOn))
	if feel := dreamFeel(ctx, row.Dream.Mood, row.Dream.Lucidity); feel != "" {
		fmt.Fprintf(&text, "%s: %s\n\n", t(ctx, "dreams.feel"), feel)
	}
	if len(row.Tags) > 0 {
		fmt.Fprintf(&text, "%s: %s\n\n", t(ctx, "dreams.tags"), strings.Join(row.Tags, ", "))
	}
	fmt.Fprintln(&text, row.Dream.Body)
	if row.Dream.Answer != "" {
		fmt.Fprintf(&text, "\n## %s\n\n%s\n", t(ctx, "dreams.answer"), row.Dream.Answer)
	}
	return text.String()
}
