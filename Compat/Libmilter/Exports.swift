// The type of a callback's argument, so that a filter needs no second import.
@_exported public import enum MilterCore.MilterAddress
