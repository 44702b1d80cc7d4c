// The one type of MilterKit's in a callback's arguments: a filter needs no second import for it.
@_exported public import enum MilterKit.MilterAddress
