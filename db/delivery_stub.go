package db

type (
	AddressID      int64
	Grams          int32
	Millimetres    int32
	MethodCode     string
	CarrierCode    string
	DispatchPolicy string
	TrackingMode   string
	FieldLevel     string
	Script         string
	Calendar       string
)
