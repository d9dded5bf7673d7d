package main

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"os"
)

// mostLogo is how many bytes every first visit may load for it.
const mostLogo = 200_000

// logoNames are what browsers know the kinds of pictures by that may be a logo.
var logoNames = map[string]string{"image/png": "logo.png", "image/jpeg": "logo.jpg", "image/webp": "logo.webp"}

// logo is the operator's picture and a name for it by what is in it, or nothing.
func (c config) logo() (name string, body []byte, err error) {
	if c.SiteLogo == "" {
		return "", nil, nil
	}
	file, err := os.Open(c.SiteLogo)
	if err != nil {
		return "", nil, err
	}
	defer file.Close()
	if body, err = io.ReadAll(io.LimitReader(file, mostLogo+1)); err != nil {
		return "", nil, err
	}
	name = logoNames[http.DetectContentType(body)]
	if bytes.Contains(body[:min(len(body), 1000)], []byte("<svg")) {
		name = "logo.svg"
	}
	if name == "" || len(body) > mostLogo {
		return "", nil, errors.New("no picture, or too large a one")
	}
	return name, body, nil
}
