// The one type of ours in a callback's arguments: a filter needs no second import for it.
@_exported public import enum MilterCore.MilterAddress
