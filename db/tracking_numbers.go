package db

import (
	"context"
	"errors"
	"strings"
)

// Link is the carrier's own page about this number, or empty.
func (row TrackingOfRow) Link() string { return TrackingLink(row.Carrier, row.TrackingNumber.Number) }

// TrackerLink is the page of «Где посылка» about this number.
func (row TrackingOfRow) TrackerLink() string {
	return TrackerLink(row.Tracker, row.Carrier, row.TrackingNumber.Number)
}

// readNumbers tells several numbers apart: they are separated by commas, semicolons or line ends, and may have
// spaces inside.
func readNumbers(typed string) (list []string) {
	for _, part := range strings.FieldsFunc(typed, func(r rune) bool { return strings.ContainsRune(",;\r\n\t", r) }) {
		if number := CleanTrackingNumber(part); number != "" {
			list = append(list, number)
		}
	}
	return list
}

// maxNumber is how long a tracking number may be: longer than any carrier's.
const maxNumber = 40

// doubtsAbout says what looks wrong about numbers that were typed or scanned.
func (c *change) doubtsAbout(ctx context.Context, parcel Parcel, carrier Carrier, list []string) (Doubt, error) {
	for _, number := range list {
		if warning := TrackingWarning(carrier, number); warning != "" {
			return Doubt(warning), nil
		}
		used, err := c.ParcelsByNumber(ctx, number)
		if err != nil {
			return "", err
		}
		for _, id := range used {
			if id != parcel.ID {
				return "tracking.used_before", nil
			}
		}
	}
	return "", nil
}

// writeNumbers gives a parcel its numbers, and returns those that it did not have yet.
func (c *change) writeNumbers(ctx context.Context, by Visitor, parcel Parcel, carrier Carrier, list []string) (Parcel, []string, error) {
	var news []string
	for _, number := range list {
		_, err := c.insertTrackingNumber(ctx, insertTrackingNumberParams{
			ParcelID: parcel.ID, CarrierCode: carrier.Code, Number: number, By: by.ID, At: c.now,
		})
		if errors.Is(err, ErrNotFound) {
			continue
		}
		if err != nil {
			return parcel, nil, err
		}
		news = append(news, number)
	}
	if len(news) == 0 {
		return parcel, nil, nil
	}
	parcel, err := c.keepNumbers(ctx, parcel.ID)
	return parcel, news, err
}

// dropNumber forgets a number; one that is not there is ErrNotFound.
func (c *change) dropNumber(ctx context.Context, id ParcelID, number string) error {
	_, err := c.deleteTrackingNumber(ctx, id, number)
	return err
}
